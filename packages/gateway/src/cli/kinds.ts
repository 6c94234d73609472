import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';

/** A kind of resource as the command line knows it. */
export interface KindCommands {
  readonly kind: ResourceKind;
  /** `turnpike <word> …`. */
  readonly word: string;
  readonly noun: string;
  /** Titles of a list’s columns, and what stands in them. */
  readonly columns: Readonly<Record<string, (resource: JsonObject) => string>>;
}

const field = (name: string) => (resource: JsonObject) => shown(resource[name]);
const common = { ID: field('id'), NAME: field('name') };
const state = (resource: JsonObject) => (resource['disabled'] === true ? 'disabled' : 'on');
const mode = (resource: JsonObject) => (resource['disabled'] === true ? 'disabled' : shown(resource['mode']));
const limits = { ID: field('id'), APPLIES: scopeOf, PER: field('per') };

/** Every kind that has commands. */
export const kindCommands: readonly KindCommands[] = [
  {
    kind: 'virtual_keys',
    word: 'keys',
    noun: 'virtual key',
    columns: {
      ...common,
      TEAM: field('team'),
      USER: field('user'),
      MODELS: field('models'),
      EXPIRES: (key) => shown(key['expires']).slice(0, 10),
      STATE: state,
    },
  },
  {
    kind: 'teams',
    word: 'teams',
    noun: 'team',
    columns: { ...common, ORGANIZATION: field('organization'), MODELS: field('models'), STATE: state },
  },
  {
    kind: 'users',
    word: 'users',
    noun: 'user',
    columns: { ...common, EMAIL: field('email'), TEAMS: field('teams'), STATE: state },
  },
  {
    kind: 'organizations',
    word: 'organizations',
    noun: 'organization',
    columns: { ...common, MODELS: field('models'), STATE: state },
  },
  {
    kind: 'budgets',
    word: 'budgets',
    noun: 'budget',
    columns: { ...limits, LIMIT: budgetLimit, EVERY: field('every'), MODE: mode },
  },
  {
    kind: 'rate_limits',
    word: 'limits',
    noun: 'rate limit',
    columns: { ...limits, LIMIT: rateLimit, EVERY: field('every'), MODE: mode },
  },
  {
    kind: 'token_issuers',
    word: 'issuers',
    noun: 'token issuer',
    columns: { ...common, ISSUER: field('issuer'), STATE: state },
  },
  {
    kind: 'prices',
    word: 'prices',
    noun: 'price',
    columns: {
      ID: field('id'),
      MODEL: field('model'),
      PROVIDER: field('provider'),
      ORGANIZATION: field('organization'),
      PRICE: priceOf,
    },
  },
  {
    kind: 'deployment_states',
    word: 'deployment-states',
    noun: 'deployment state',
    columns: {
      ID: field('id'),
      PROVIDER: field('provider'),
      MODEL: field('model'),
      KEY: field('credential'),
      STATE: field('state'),
      UNTIL: field('until'),
      REASON: field('reason'),
    },
  },
  {
    kind: 'rules',
    word: 'rules',
    noun: 'rule',
    columns: { PRIORITY: field('priority'), ...common, WHEN: field('when'), DO: effectsOf, MODE: mode },
  },
];

/** A value in a table’s cell. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function scopeOf({ scope }: JsonObject): string {
  const fields = isJsonObject(scope) ? Object.entries(scope) : [];
  return fields.length === 0 ? 'everything' : fields.map(([name, value]) => `${name} ${shown(value)}`).join(', ');
}

function budgetLimit({ dollars, tokens }: JsonObject): string {
  return dollars === undefined ? `${shown(tokens)} tokens` : `$${shown(dollars)}`;
}

const counted = ['requests', 'tokens', 'input_tokens', 'output_tokens', 'concurrent_requests', 'concurrent_sessions'];

function rateLimit(limit: JsonObject): string {
  const unit = counted.find((each) => limit[each] !== undefined);
  return unit === undefined ? '' : `${shown(limit[unit])} ${unit.replaceAll('_', ' ')}`;
}

/** What it does, without what it leaves alone. */
function effectsOf({ do: effects }: JsonObject): string {
  const fields = isJsonObject(effects) ? Object.entries(effects) : [];
  const said = fields.filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return said.map(([name, value]) => `${name} ${shown(value)}`).join(', ');
}

function priceOf({ free, multiplier, price }: JsonObject): string {
  if (free === true) return 'free';
  return multiplier === undefined ? shown(price) : `× ${shown(multiplier)}`;
}
