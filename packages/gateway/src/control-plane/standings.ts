import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../core/json.ts';
import { formatDollars } from '../core/money.ts';
import type { Directory } from '../identity/directory.ts';
import type { Standing } from '../ledger/refusal.ts';
import type { Payer } from '../ledger/request.ts';

/** How a limit stands, as people and tools read it. Dollars are exact texts, counts are numbers. */
export function shownStanding(standing: Standing): JsonObject {
  const { kind, limitId, limitName, owner, where, unit, every, timeZone, rolling, resetsAtMs } = standing;
  const amount = (value: bigint) => (unit === 'nano-dollars' ? formatDollars(value) : Number(value));
  return {
    kind: kind === 'budget' ? 'budget' : 'rate_limit',
    id: limitId,
    name: limitName,
    level: owner.level,
    ...(owner.name === undefined ? {} : { of: owner.name }),
    ...(where === undefined ? {} : { where }),
    unit: unit === 'nano-dollars' ? 'dollars' : unit.replaceAll('-', '_'),
    ...(every === undefined ? {} : { every }),
    ...(rolling ? { rolling } : {}),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    mode: standing.enforced ? 'enforce' : 'shadow',
    limit: amount(standing.limit),
    used: amount(standing.used),
    held: amount(standing.held),
    remaining: amount(standing.remaining),
    ...(resetsAtMs === undefined ? {} : { resets_at: new Date(resetsAtMs).toISOString() }),
  };
}

export const standingSchema = {
  type: 'object',
  properties: {
    kind: { type: 'string', enum: ['budget', 'rate_limit'] },
    id: { type: 'string' },
    name: { type: 'string' },
    level: { type: 'string', description: 'Whose limit it is: key, user, team, organization, tag or gateway.' },
    of: { type: 'string' },
    unit: { type: 'string' },
    every: { type: 'string' },
    limit: { type: ['string', 'number'], description: 'Dollars as text, exact; anything else as a number.' },
    used: { type: ['string', 'number'], description: 'Settled.' },
    held: { type: ['string', 'number'], description: 'Set aside for requests that run.' },
    remaining: { type: ['string', 'number'] },
    resets_at: { type: 'string', format: 'date-time' },
  },
};

type Owners = Pick<Directory, 'get'>;

/** Who pays for what a key uses, also while it is disabled. */
export function payerOfKey(key: ResourceOf<'virtual_keys'>, directory: Owners): Payer {
  const user = key.user === undefined ? undefined : directory.get('users', key.user);
  return payerOf({ key, user, team: key.team, organization: key.organization }, directory);
}

/** Who pays for what a user uses without a key of their own. */
export function payerOfUser(user: ResourceOf<'users'>, directory: Owners): Payer {
  return payerOf({ user, team: undefined, organization: undefined }, directory);
}

export function payerOfTeam(team: ResourceOf<'teams'>, directory: Owners): Payer {
  return payerOf({ team: team.id, organization: undefined }, directory);
}

interface Claimed {
  readonly key?: ResourceOf<'virtual_keys'>;
  readonly user?: ResourceOf<'users'> | undefined;
  readonly team: string | undefined;
  readonly organization: string | undefined;
}

function payerOf({ key, user, team: named, organization: claimed }: Claimed, directory: Owners): Payer {
  const teamId = named ?? (user?.teams.length === 1 ? user.teams[0] : undefined);
  const team = teamId === undefined ? undefined : directory.get('teams', teamId);
  const organizationId = team?.organization ?? claimed ?? user?.organization;
  const organization = organizationId === undefined ? undefined : directory.get('organizations', organizationId);
  const tags = [key, user, team, organization].flatMap((level) => level?.tags ?? []);
  return {
    ...(key ? { key: key.id } : {}),
    ...(user ? { user: user.id } : {}),
    ...(team ? { team: team.id } : {}),
    ...(organization ? { organization: organization.id } : {}),
    tags: [...new Set(tags)],
  };
}
