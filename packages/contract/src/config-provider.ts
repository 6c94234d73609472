import { z } from 'zod';
import { providerAuth } from './config-auth.ts';
import { providerPlaces } from './config-places.ts';
import { providerQuirks } from './config-quirks.ts';
import { baseUrl, weight, word } from './config-values.ts';
import { modelPrice } from './model-price.ts';
import { limitCount } from './resources/values.ts';
import { tag } from './resources/values.ts';

/** Header names that the connection owns: setting one would break the request. */
const connectionHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name')
  .refine((name) => !connectionHeaders.has(name.toLowerCase()), 'is set by the gateway itself');

const providerKey = z.strictObject({
  value: z.string().min(1, 'is empty').describe('The key: `env:NAME`, `file:PATH`, or the value itself.'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name may have up to 64 letters, digits, `.`, `_` and `-`')
    .optional()
    .describe('Name of the key in records. Default: its number.'),
  weight: weight
    .default(1)
    .describe('How much of the sessions it gets, against the other keys. 0: only when no other key can serve.'),
  models: z
    .array(z.string().min(1, 'is empty'))
    .min(1, 'is empty; leave it out for all models')
    .optional()
    .describe('The provider’s own names, or patterns, of the models it is for. Default: all.'),
  limits: z
    .strictObject({
      requests_per_minute: limitCount.min(1).optional().describe('How many requests per minute.'),
      tokens_per_minute: limitCount
        .min(1)
        .optional()
        .describe('How many tokens per minute, input and output together.'),
      concurrent_requests: limitCount.min(1).optional().describe('How many requests at the same time.'),
    })
    .optional()
    .describe('How much it may be used. What is beyond goes to another key or target.'),
  disabled: z.boolean().default(false).describe('Not used for now.'),
});

const tokens = z.int().min(1).max(1_000_000_000);

/** What a model can do. */
const abilities = {
  context_window: tokens.optional().describe('Tokens of input and output together.'),
  max_output_tokens: tokens.optional().describe('Most tokens of one answer.'),
  tools: z.boolean().optional().describe('Whether it can call tools.'),
  images: z.boolean().optional().describe('Whether it can see images.'),
  pdfs: z.boolean().optional().describe('Whether it can read PDF documents.'),
  audio: z.boolean().optional().describe('Whether it can hear sound.'),
  structured_output: z.boolean().optional().describe('Whether its answers keep to a JSON Schema.'),
  reasoning_efforts: z
    .array(z.string().min(1))
    .optional()
    .describe('Effort words it takes, weakest first. Empty: it does not reason.'),
};

/** What a model can do, where the bundled data lacks it or is wrong. */
export const modelAbilities = z.strictObject(abilities);

const modelFacts = z
  .strictObject({
    price: modelPrice.optional().describe('What the model costs, instead of the bundled price.'),
    free: z
      .literal(true)
      .optional()
      .describe('The model costs nothing. A model without a known price is never taken to be free.'),
    ...abilities,
  })
  .refine((facts) => facts.price === undefined || facts.free === undefined, 'has both `price` and `free`; keep one');

const healthCheck = z
  .strictObject({
    every_s: z
      .int()
      .min(5)
      .max(86_400)
      .default(60)
      .describe('Seconds from one check to the next, give or take a fifth.'),
    model: word
      .optional()
      .describe(
        'The provider’s own name of a model that is asked for a few tokens. Costs money. Default: a path is asked.',
      ),
    path: z
      .string()
      .regex(/^\/[\x21-\x7e]*$/, 'must be a path that begins with `/`')
      .optional()
      .describe('A path below the base URL that is asked with GET. Default: the provider’s list of models.'),
  })
  .refine(({ model, path }) => model === undefined || path === undefined, 'has both `model` and `path`; keep one');

/** One entry of `providers`. */
export const providerEntry = z.strictObject({
  kind: z.string().min(1, 'is empty').optional().describe('Which vendor or protocol. Default: the entry’s own name.'),
  base_url: baseUrl.optional().describe('Address of the API including its version path. Default: the vendor’s own.'),
  speaks: z
    .array(z.enum(['responses', 'chat', 'messages', 'gemini', 'cohere', 'converse']))
    .min(1, 'needs at least one dialect')
    .optional()
    .describe('Dialects it understands, preferred first. Default: the vendor’s.'),
  keys: z
    .array(providerKey)
    .min(1, 'is empty; for a provider without keys write `keyless: true` instead')
    .optional()
    .describe('API keys. Default: the vendor’s usual environment variable, if the base URL is the vendor’s own.'),
  auth: providerAuth
    .optional()
    .describe('Credentials of a cloud instead of keys. Default: what the cloud’s own library finds.'),
  region: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not the name of a region')
    .optional()
    .describe('The cloud’s region that is called. Default: the cloud’s usual environment variable.'),
  ...providerPlaces,
  quirks: providerQuirks
    .optional()
    .describe('Where it departs from its dialects. What is said here is laid over what is known of the vendor.'),
  tags: z
    .array(tag)
    .max(32)
    .default([])
    .describe(
      'Labels of where and how it works, such as `eu` or `zdr`. Callers with `require_tags` go only where all of theirs are.',
    ),
  keyless: z.boolean().default(false).describe('The provider takes no key.'),
  allow_private: z
    .boolean()
    .default(false)
    .describe('May be reached at private and link-local addresses. Loopback is always allowed.'),
  websocket: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'Whether agents that speak Responses over a WebSocket are carried on over one. `auto`: at OpenAI’s own address.',
    ),
  passthrough: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe(
      'What happens with paths under the provider’s own door (`/providers/NAME/…`) that Turnpike does not know. `allow`: they pass, for keys that may use all of its models.',
    ),
  health_check: healthCheck
    .optional()
    .describe('Asks by itself whether the provider is well, with each of its keys. Default: only requests tell.'),
  headers: z
    .record(headerName, z.string().regex(/^[\x20-\x7e\t]*$/, 'has characters that a header cannot carry'))
    .default({})
    .describe('Headers added to every request. Not for secrets: keys go under `keys`.'),
  models: z
    .record(z.string().min(1), modelFacts)
    .default({})
    .describe('Prices and abilities by the provider’s own model name, where the bundled data lacks them or is wrong.'),
});

/** One entry of `providers`, checked. */
export type ProviderEntry = z.output<typeof providerEntry>;

/** What a document says of a model's abilities. */
export type ModelAbilitiesEntry = z.output<typeof modelAbilities>;

/** What a document says about one model of a provider. */
export type ModelFactsEntry = z.output<typeof modelFacts>;
