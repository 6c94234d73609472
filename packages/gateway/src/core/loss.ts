/**
 * Something the target dialect could not say.
 * `hint`: the answer may be a little worse (a grammar, verbosity, a vendor-run tool). Recorded and shown.
 * `meaning`: the agent's work would be wrong without it (a tool it runs, a call, a result, text, an image). The attempt fails with `meaning-lost`.
 */
export interface Loss {
  readonly weight: 'hint' | 'meaning';
  /** What was lost, as a path-like name: `tool.web_search`, `text.verbosity`, `reasoning.seal`. */
  readonly what: string;
  /** Why, in a few words for the developer. */
  readonly why: string;
}
