/** How it was decided where a request goes, as its record and the explanation of a hypothetical request tell it. */
export interface RouteRecord {
  /** How the name that was asked for became the one that was served. Absent: it was served as asked. */
  readonly names?: readonly NameStep[];
  /** Rules whose condition held, in their order. */
  readonly rules?: readonly RuleNote[];
  /** What was set in the request, by the configuration's own names: `reasoning_effort`, `max_output_tokens`. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** How many deployments the name led to. */
  readonly candidates: number;
  /** Those of them that could not serve this request or were not to. At most `maxExcluded`. */
  readonly excluded?: readonly ExcludedRecord[];
  /** How many more were excluded than are listed. */
  readonly excludedMore?: number;
  /** The first of the order in which they would be tried, as `provider/model key`. */
  readonly order: readonly string[];
  /** What the caller is told of the name, such as that it will go. */
  readonly notice?: string;
  /** The name that is going, if that is what the notice tells. */
  readonly deprecated?: string;
}

/** Nobody reads more, and records are many. */
export const maxExcluded = 20;

/** One step from a name to another. */
export interface NameStep {
  readonly from: string;
  readonly to: string;
  /** `overlay`: of the caller's key, user, team or organization. `kind`: by what the request is for. `redirect`: the name is deprecated. `pattern`: an entry with `*`. `budget`: a spent one names a model that stands in. */
  readonly by: 'overlay' | 'kind' | 'redirect' | 'pattern' | 'rule' | 'utility' | 'budget';
  /** Who says so: `team core`, `rule cheap-titles`. */
  readonly of?: string;
}

export interface RuleNote {
  readonly name: string;
  /** It would have done this, but is in shadow mode. */
  readonly shadow?: true;
  /** What it did, in words: `model → coder-mini`. */
  readonly did: readonly string[];
  /** Its condition could not be decided, so it did nothing. */
  readonly error?: string;
}

/** One deployment that a plan does not contain, or a model at a provider with all of its keys. */
export interface ExcludedRecord {
  readonly provider: string;
  readonly model: string;
  readonly credential?: string;
  readonly why: ExclusionReason;
  /** In words, where the reason alone does not say it: `needs 210,000 tokens, has 128,000`. */
  readonly detail?: string;
}

/**
 * `tools`, `images`, `pdfs`, `audio`, `structured-output`, `reasoning`: what the model cannot do and the request needs. `context-window`: the request is too long.
 * `tags`: it lacks a label that is demanded, such as of its region. `access`: the caller may not go there. `disabled`: by hand. `draining`: it takes no new sessions.
 * `group`: a rule has chosen others.
 */
export type ExclusionReason =
  | 'tools'
  | 'images'
  | 'pdfs'
  | 'audio'
  | 'structured-output'
  | 'reasoning'
  | 'context-window'
  | 'tags'
  | 'access'
  | 'disabled'
  | 'draining'
  | 'group';
