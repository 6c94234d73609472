import { z } from 'zod';
import { dollarsPerMillion } from './config-values.ts';

/** Dollars for one piece, to fifteen decimals: a character costs very little. */
const dollarsEach = z.union([z.number().min(0).max(1_000_000), z.string().regex(/^\d{1,7}(\.\d{1,15})?$/)], {
  error: 'must be dollars, such as 0.01',
});

/** How many times as much. */
export const multiplier = z.union(
  [z.number().min(0.000001).max(1000), z.string().regex(/^(?=.*[1-9])\d{1,3}(\.\d{1,6})?$/)],
  {
    error: 'must be a number greater than 0 with up to six decimals, such as 1.25',
  },
);

const rates = {
  input: dollarsPerMillion.describe('Dollars per million input tokens.'),
  output: dollarsPerMillion.describe('Dollars per million output tokens.'),
  cached_input: dollarsPerMillion
    .optional()
    .describe('Dollars per million input tokens read from a cache. Default: as input.'),
  cache_write: dollarsPerMillion
    .optional()
    .describe('Dollars per million input tokens written to a cache. Default: as input.'),
  cache_write_1h: dollarsPerMillion
    .optional()
    .describe('Dollars per million input tokens written to a cache for an hour. Default: as cache_write.'),
  reasoning: dollarsPerMillion
    .optional()
    .describe('Dollars per million tokens of thinking, part of the output. Default: as output.'),
  input_audio: dollarsPerMillion.optional().describe('Dollars per million audio tokens of input. Default: as input.'),
  cached_audio: dollarsPerMillion
    .optional()
    .describe('Dollars per million audio tokens read from a cache. Default: as input_audio, else as cached_input.'),
  output_audio: dollarsPerMillion
    .optional()
    .describe('Dollars per million audio tokens of output. Default: as output.'),
  input_image: dollarsPerMillion.optional().describe('Dollars per million image tokens of input. Default: as input.'),
  cached_image: dollarsPerMillion
    .optional()
    .describe('Dollars per million image tokens read from a cache. Default: as input_image, else as cached_input.'),
  output_image: dollarsPerMillion
    .optional()
    .describe('Dollars per million image tokens of output. Default: as output.'),
};

const units = z.strictObject({
  web_search: dollarsEach.optional().describe('Dollars per search of the web that the provider makes.'),
  image: dollarsEach.optional().describe('Dollars per image made.'),
  second: dollarsEach.optional().describe('Dollars per second of audio or video.'),
  character: dollarsEach.optional().describe('Dollars per character, where speech is billed so.'),
  request: dollarsEach.optional().describe('Dollars per request that was answered, beside its tokens.'),
  rerank: dollarsEach.optional().describe('Dollars per search unit of a rerank.'),
  page: dollarsEach.optional().describe('Dollars per page read.'),
});

const tier = z.strictObject({
  from_input_tokens: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .describe('The rates of this entry hold for the whole request from this many input tokens on.'),
  ...rates,
});

const serviceTier = z.union([z.strictObject({ multiplier }), z.strictObject(rates)], {
  error: 'must have either a `multiplier`, or `input` and `output` and other rates of its own',
});

/** What a model costs. */
export const modelPrice = z
  .strictObject({
    ...rates,
    units: units.optional().describe('What is billed by the piece, in dollars each.'),
    tiers: z
      .array(tier)
      .max(20)
      .optional()
      .describe('Other rates for larger requests. Each entry begins where the one before ends.'),
    service_tiers: z
      .record(z.string().min(1).max(64), serviceTier)
      .optional()
      .describe(
        'Rates of other service tiers by the provider’s word for them, such as `flex` or `priority`. Others cost as usual.',
      ),
  })
  .superRefine((price, context) => {
    const all = [price, ...(price.tiers ?? [])].map((each) => Math.max(Number(each.input), Number(each.output)));
    const pieces = Object.values(price.units ?? {}).map(Number);
    // Less than the finest part of either would be nothing.
    if (Math.max(...all) < 1e-9 && Math.max(0, ...pieces) < 1e-15)
      context.addIssue({ code: 'custom', message: 'costs nothing; if the model is free, write `free: true` instead' });
    const starts = (price.tiers ?? []).map((each) => each.from_input_tokens);
    if (starts.some((start, at) => at > 0 && start <= (starts[at - 1] ?? 0)))
      context.addIssue({ code: 'custom', path: ['tiers'], message: 'must stand in the order of `from_input_tokens`' });
  });

/** A price as a document says it. */
export type ModelPriceEntry = z.output<typeof modelPrice>;
