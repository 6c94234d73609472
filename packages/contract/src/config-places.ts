import { z } from 'zod';

const place = z
  .string()
  .min(1, 'is empty')
  .regex(/^[^\s#]+$/, 'must not contain spaces or `#`')
  .refine((text) => !/\{(?!model\})/.test(text), 'has a place in it that is not `{model}`')
  .refine((text) => !/^[a-z]+:/i.test(text) || /^https?:\/\/[^/?]+\//i.test(text), 'is not a whole http or https URL');

const placeOrPair = z.union([
  place,
  z.strictObject({
    path: place.describe('Where answers in one piece are asked for.'),
    stream_path: place.describe('Where streams are asked for.'),
  }),
]);

const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name');

/** Where and how a provider is called, beside its base URL. */
export const providerPlaces = {
  endpoints: z
    .strictObject({
      responses: placeOrPair.optional().describe('Of Responses.'),
      chat: placeOrPair.optional().describe('Of Chat Completions.'),
      messages: placeOrPair.optional().describe('Of Anthropic’s Messages.'),
      gemini: placeOrPair.optional().describe('Of Gemini’s generateContent.'),
      cohere: placeOrPair.optional().describe('Of Cohere’s Chat.'),
    })
    .optional()
    .describe(
      'Paths that are not the usual ones of their dialects: below the base URL, up from it (`../…`) or whole URLs. `{model}` stands for the model’s name.',
    ),
  query: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Query parameters of every call, such as `api-version`.'),
  project: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/, 'is not the name of a project')
    .optional()
    .describe('The cloud’s project that is called. Default: the cloud’s usual environment variable.'),
  key_header: header.optional().describe('The header that carries the key. Default: as the vendor wants it.'),
  key_prefix: z
    .string()
    .regex(/^[\x20-\x7e]*$/, 'has characters that a header cannot carry')
    .optional()
    .describe('What stands before the key in that header, such as `Bearer `. Default: nothing.'),
};
