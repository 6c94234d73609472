/**
 * What in a request makes a provider read more than stands in it, so that its size does not bound its bill. All of it is looked for in
 * bytes, so a word that is written with JSON escapes is not found.
 */
export interface ReadsMore {
  /** Top-level fields that name what the provider has: an earlier answer, a conversation, a cached prefix. */
  readonly fields: readonly string[];
  /** Top-level fields that let the provider search, or ask others. */
  readonly findings: readonly string[];
  /** How the types of tools begin that the agent runs itself; a tool without a type is known by its keys. All others are the provider's. */
  readonly ownTools: readonly string[];
  /** The top-level field of the history. */
  readonly history: string;
  /** Keys in the history whose values name files. */
  readonly files: readonly string[];
  /** Values of `type` in the history that stand for what is elsewhere. */
  readonly elsewhere: readonly string[];
  /** Keys in the history whose values name images, or hold them. */
  readonly images: readonly string[];
}
