/**
 * What the families of models behind Bedrock take, where they differ.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */
export interface ModelTraits {
  readonly family: 'claude' | 'nova' | 'openai' | 'other';
  /** Where marks of cacheable prefixes may stand; elsewhere they are refused. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
  readonly cachePoints: 'everywhere' | 'messages' | 'nowhere';
  /** A tool may be forced. */
  readonly forcedTools: boolean;
  /** A result may be marked as failed. */
  readonly resultStatus: boolean;
}

const traits: readonly (readonly [name: RegExp, traits: ModelTraits])[] = [
  [/claude/, { family: 'claude', cachePoints: 'everywhere', forcedTools: true, resultStatus: true }],
  [/\bnova\b/, { family: 'nova', cachePoints: 'messages', forcedTools: true, resultStatus: true }],
  [/\bopenai\./, { family: 'openai', cachePoints: 'nowhere', forcedTools: false, resultStatus: false }],
  [/mistral/, { family: 'other', cachePoints: 'nowhere', forcedTools: true, resultStatus: false }],
];

const cautious: ModelTraits = { family: 'other', cachePoints: 'nowhere', forcedTools: false, resultStatus: false };

/** The traits of a model by its id, which may be that of an inference profile. The name of an application's own profile tells nothing. */
export function traitsOf(model: string): ModelTraits {
  const name = model.toLowerCase();
  return traits.find(([pattern]) => pattern.test(name))?.[1] ?? cautious;
}
