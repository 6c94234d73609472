import { z } from 'zod';
import { admin } from './config-admin.ts';
import { failover } from './config-failover.ts';
import { modelAlias } from './config-models.ts';
import { network } from './config-network.ts';
import { providerEntry } from './config-provider.ts';
import { ruleEntry } from './config-rules.ts';
import { milliseconds, modelAliasName, providerName, word } from './config-values.ts';
import { budget } from './resources/budget.ts';
import { deploymentState } from './resources/deployment-state.ts';
import { organization } from './resources/organization.ts';
import { priceOverride } from './resources/price-override.ts';
import { rateLimit } from './resources/rate-limit.ts';
import { maxRules } from './resources/rule.ts';
import { team } from './resources/team.ts';
import { tokenIssuer } from './resources/token-issuer.ts';
import { user } from './resources/user.ts';
import { addressRange, dollars, nameForId, resourceId } from './resources/values.ts';
import { virtualKey } from './resources/virtual-key.ts';
import { unpricedModels } from './unpriced-models.ts';

/** Where the gateway listens, and its deadlines and sizes. */
const server = z.strictObject({
  host: z
    .string()
    .min(1, 'is empty')
    .default('127.0.0.1')
    .describe('Address to listen on. 0.0.0.0 means every address of this machine.'),
  port: z.int().min(0).max(65_535).default(8080).describe('Port to listen on. 0 lets the system choose one.'),
  max_body_bytes: z
    .int()
    .min(1024)
    .default(64 * 1024 * 1024)
    .describe('Largest request body, in bytes, after decompression.'),
  max_upload_bytes: z
    .int()
    .min(1024)
    .default(1024 * 1024 * 1024)
    .describe('Largest upload of a file, in bytes. Uploads pass through without being held.'),
  connect_timeout_ms: milliseconds.default(10_000).describe('How long to wait for a connection to a provider.'),
  headers_timeout_ms: milliseconds
    .default(300_000)
    .describe('How long to wait for the first byte of a provider’s answer.'),
  idle_timeout_ms: milliseconds.default(300_000).describe('Longest silence inside a provider’s answer.'),
  keepalive_ms: milliseconds
    .default(15_000)
    .describe('Silence towards a streaming client after which it is sent a keepalive.'),
  websocket: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether agents may speak Responses over a WebSocket. `off` makes them use HTTP.'),
  route_header: z
    .enum(['off', 'brief', 'full'])
    .default('brief')
    .describe(
      'What answers tell callers of their way, in the header `x-turnpike-route`. `brief`: the provider and model, and how many attempts it took. `full`: also the name of the key, the lane, the attempts that failed, and rules. `off`: nothing, also not in `x-turnpike-model` and `x-turnpike-lane`.',
    ),
  max_attempts: z.int().min(1).max(20).default(4).describe('How many deployments one request may try.'),
  trusted_proxies: z
    .array(addressRange)
    .max(200)
    .default([])
    .describe(
      'Reverse proxies whose `x-forwarded-for` is believed, as addresses and ranges, where it matters from where a request comes.',
    ),
});

const log = z.strictObject({
  format: z
    .enum(['pretty', 'json'])
    .optional()
    .describe('`pretty` for people, `json` for machines. Default: pretty in a terminal, else json.'),
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least important lines to print.'),
});

const compaction = z.strictObject({
  by: z
    .enum(['provider', 'gateway'])
    .default('provider')
    .describe(
      'Who condenses a history that an agent asks to have compacted. `provider`: the provider where it can, else the gateway. `gateway`: always the gateway, so that sessions can change providers afterwards.',
    ),
  model: word
    .optional()
    .describe(
      'A name of `models` or `provider/model` that writes the gateway’s summaries. Default: the model of the session. If it fails, that one writes them.',
    ),
});

/** A virtual key as the document names it: with its value, and with its name in place of an id if that will do. */
export const virtualKeyEntry = virtualKey
  .extend({
    id: resourceId.optional().describe('What it is known by, for good. Default: the name.'),
    value: z
      .string()
      .min(1, 'is empty')
      .describe(
        'The key that agents send: `env:NAME`, `file:PATH`, or the value itself. Only its digest is kept in memory.',
      ),
  })
  .superRefine(nameForId('key'));

/** The configuration as people write it, in YAML or JSON. Strict: an unknown field is an error. */
export const configDocument = z
  .strictObject({
    $schema: z.string().optional().describe('Address of the JSON Schema, for editors.'),
    server: server.prefault({}).describe('Where the gateway listens, and its deadlines and sizes.'),
    data: z
      .string()
      .min(1, 'is empty')
      .default('./data')
      .describe('Directory for what Turnpike keeps: the embedded database and the generated virtual key.'),
    store: z
      .string()
      .regex(
        /^(?:sqlite:.+|postgres(?:ql)?:\/\/.+|env:.+)/s,
        'must be `sqlite:` and the path of a file, a `postgres://` address, or `env:` and the name of a variable that holds one',
      )
      .optional()
      .describe(
        'Where records, resources and budgets are kept: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, or `env:NAME`. Default: turnpike.db in the data directory.',
      ),
    counters: z
      .string()
      .regex(
        /^(?:memory|postgres|rediss?:\/\/.+|env:.+)$/s,
        'must be `memory`, `postgres`, a `redis://` address, or `env:` and the name of a variable that holds one of them',
      )
      .optional()
      .describe(
        'What counts budgets and limits. `memory`: this process, which must be the only one. `postgres`: the store, for any number of processes. `redis://HOST` or `rediss://HOST`: a Redis or Valkey server, for any number of processes and faster. Or `env:NAME`. Default: memory.',
      ),
    counters_unreachable: z
      .union([z.literal('refuse'), z.strictObject({ allow_dollars: dollars })])
      .default('refuse')
      .describe(
        'What happens to requests while the counters cannot be asked. `refuse`: they are refused. `allow_dollars`: so much may be spent by each process meanwhile, and is counted afterwards.',
      ),
    network: network.prefault({}).describe('How far the gateway’s own connections may go.'),
    log: log.prefault({}).describe('What is printed.'),
    admin: admin.prefault({}).describe('Who may manage the gateway over its admin API.'),
    providers: z
      .record(providerName, providerEntry)
      .optional()
      .describe('Who answers, by a name of your choice. Left out: found by API keys in the environment.'),
    models: z
      .record(modelAliasName, modelAlias)
      .default({})
      .describe('Names that agents may ask for, besides `provider/model` and the models’ own names.'),
    rules: z
      .array(ruleEntry)
      .max(maxRules)
      .default([])
      .describe(
        'What is done with requests for which a condition holds. They are looked at in their order, as far as their priorities are the same.',
      ),
    region: z
      .string()
      .min(1, 'is empty')
      .max(64)
      .optional()
      .describe('Where this gateway runs, in a word of your choice. Rules may ask for it.'),
    utility_model: word
      .optional()
      .describe(
        'A name of `models` or `provider/model` that does the small jobs for which agents ask a hidden model of their own, where that model cannot be had.',
      ),
    failover: failover.prefault({}).describe('What becomes of a request when a deployment fails it or is slow.'),
    compaction: compaction.prefault({}).describe('How histories that have become too long are condensed.'),
    virtual_keys: z
      .array(virtualKeyEntry)
      .optional()
      .describe('Keys that agents present. Left out: one is generated and kept in the data directory.'),
    organizations: z.array(organization).default([]).describe('Whoever pays: the top of the tree.'),
    teams: z.array(team).default([]).describe('People and keys that share budgets and rules.'),
    users: z.array(user).default([]).describe('People who call through keys or tokens.'),
    token_issuers: z
      .array(tokenIssuer)
      .default([])
      .describe('Where short-lived bearer tokens (JWT) come from that are accepted in place of virtual keys.'),
    budgets: z.array(budget).default([]).describe('Money or tokens that may be spent in a window.'),
    rate_limits: z.array(rateLimit).default([]).describe('How fast something may be used.'),
    prices: z
      .array(priceOverride)
      .default([])
      .describe('Prices in place of the bundled ones, by model, provider, organization and date.'),
    deployment_states: z
      .array(deploymentState)
      .default([])
      .describe('Providers, models and keys that are taken out of use by hand, or drained.'),
    unpriced_models: unpricedModels
      .default('refuse-if-budgeted')
      .describe(
        'What becomes of requests for models without a known price. `refuse-if-budgeted`: they are served and recorded without a cost, unless a budget in dollars applies. `refuse`: never served. A `price`: what they are taken to cost.',
      ),
  })
  .meta({ title: 'Turnpike configuration' });

/** A checked document, with its defaults filled in. */
export type ConfigDocument = z.output<typeof configDocument>;

/** One entry of `virtual_keys`. */
export type VirtualKeyEntry = z.output<typeof virtualKeyEntry>;

/** The document's JSON Schema, as editors and the loader's hints use it. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configDocument, { io: 'input' });
}
