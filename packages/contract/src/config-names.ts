import { z } from 'zod';
import type { RequestKind } from './exchange-record.ts';
import { moment } from './resources/values.ts';

/** Words for how hard to think, weakest first. */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const;

/** What is set in requests, whatever the agent asks for. */
export const modelParameters = z.strictObject({
  reasoning_effort: z
    .enum(efforts)
    .optional()
    .describe('How hard the model thinks. Where it does not take the word, the nearest that it takes.'),
  max_output_tokens: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('Most tokens of one answer. A shorter limit of the agent’s own stays.'),
  temperature: z.number().min(0).max(2).optional().describe('How varied answers are.'),
  top_p: z.number().gt(0).max(1).optional().describe('From how much of what is likely each word is chosen.'),
  verbosity: z
    .enum(['low', 'medium', 'high'])
    .optional()
    .describe('How wordy answers are, where a model has the knob.'),
  service_tier: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not a name of a service tier')
    .optional()
    .describe('Which of the vendor’s tiers serves, such as `flex` or `priority`.'),
});

/** What a document sets in requests. */
export type ModelParametersEntry = z.output<typeof modelParameters>;

/** A name of `models`, or `provider/model`. */
export const modelName = z.string().min(1, 'is empty').max(200).regex(/^\S+$/, 'must not contain spaces');

/** Where requests of some kinds go instead. A turn of the user’s work goes where the name itself leads. */
export const namesByKind = z.strictObject({
  title: modelName.optional().describe('Names for sessions.'),
  review: modelName.optional().describe('Reviews of changes.'),
  memory: modelName.optional().describe('Notes for later sessions.'),
  subagent: modelName.optional().describe('Work for another agent.'),
  compaction: modelName.optional().describe('Summaries of histories that have become too long.'),
  search: modelName.optional().describe('Searches of the web that an agent asks for by itself.'),
} satisfies { readonly [Kind in Exclude<RequestKind, 'turn' | 'prewarm'>]: z.ZodType<string | undefined> });

/** Which name leads elsewhere, by what a request is for. */
export type NamesByKind = z.output<typeof namesByKind>;

/** That a name is going, and which one takes its place. */
export const deprecation = z.strictObject({
  use: modelName.describe('The name that takes its place: one of `models`, or `provider/model`.'),
  from: moment
    .optional()
    .describe(
      'When the name begins to lead to the other one. Until then it leads where it did, and callers are told. Default: at once.',
    ),
  notice: z
    .string()
    .min(1, 'is empty')
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters')
    .optional()
    .describe('What callers are told besides.'),
});

export type DeprecationEntry = z.output<typeof deprecation>;
