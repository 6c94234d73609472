/**
 * Signs in a request of what only some models can do. Without any of them the request certainly does not need it; where one is there, only its
 * canonical form can tell. They are looked for in bytes, so a word that is written with JSON escapes is not found.
 */
export interface NeedSigns {
  readonly tools: Signs;
  readonly images: Signs;
  /** Documents and sound. */
  readonly files: Signs;
  readonly structuredOutput: Signs;
  readonly reasoning: Signs;
  /** Keys in the history whose values a model may not get to read again, such as its earlier thoughts. */
  readonly unread: readonly string[];
  /** Signs that the provider will read less than stands in the request. */
  readonly shortened: Signs;
  /** A header by which callers get a larger context window than the model usually has, and the word in it. */
  readonly widened?: { readonly header: string; readonly word: string };
}

export interface Signs {
  /** Top-level fields. */
  readonly fields?: readonly string[];
  /** Keys, or whole values, in the history. */
  readonly words?: readonly string[];
}
