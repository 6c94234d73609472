import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import { Failure } from '../core/failure.ts';
import type { Directory } from './directory.ts';
import { type GrantFields, grantOf, strictest } from './grant.ts';
import { type Principal, whomToAsk } from './principal.ts';

/** What a caller showed, and what that says of who it is. */
export interface Claimed {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  /** The nearest level: the key, or the rule that a token fits. */
  readonly own: Level;
  readonly key?: ResourceOf<'virtual_keys'>;
  readonly user?: string;
  /** A user who is in no directory is one all the same: tokens name whom their issuer knows. */
  readonly userMayBeUnknown?: boolean;
  readonly team?: string;
  readonly organization?: string;
}

/** Somebody between the caller and the whole. */
interface Level {
  /** As messages say it. */
  readonly holder: string;
  readonly grant: GrantFields;
}

type Owners = Pick<Directory, 'get'>;

/** Who has a key. Throws `key-disabled` or `key-orphaned`. */
export function principalOfKey(key: ResourceOf<'virtual_keys'>, directory: Owners): Principal {
  const { id, user, team, organization } = key;
  const name = key.name ?? id;
  return resolvePrincipal(
    {
      id: `key:${id}`,
      name,
      tenant: id,
      own: { holder: `virtual key "${name}"`, grant: key },
      key,
      ...(user === undefined ? {} : { user }),
      ...(team === undefined ? {} : { team }),
      ...(organization === undefined ? {} : { organization }),
    },
    directory,
  );
}

/** Everybody above a caller, and what they allow together. Throws `key-disabled` or `key-orphaned`. */
export function resolvePrincipal(claimed: Claimed, directory: Owners): Principal {
  const user = userOf(claimed, directory);
  const onlyTeam = user?.teams.length === 1 ? user.teams[0] : undefined;
  const team = owner('teams', claimed.team ?? onlyTeam, claimed, directory);
  const organizationId = team?.organization ?? claimed.organization ?? user?.organization;
  const organization = owner('organizations', organizationId, claimed, directory);
  const levels = [
    claimed.own,
    ...levelOf('user', user),
    ...levelOf('team', team),
    ...levelOf('organization', organization),
  ];
  const contact = levels.find((level) => level.grant.contact !== undefined)?.grant.contact;
  const disabled = levels.find((level) => level.grant.disabled);
  if (disabled) throw new Failure('key-disabled', `The ${disabled.holder} is disabled.${whomToAsk(contact)}`);
  const { id, name, tenant, key } = claimed;
  return Object.freeze({
    id,
    name,
    tenant,
    ...(key === undefined ? {} : { key: key.id }),
    ...(claimed.user === undefined ? {} : { user: claimed.user }),
    ...(team ? { team: team.id } : {}),
    ...(organization ? { organization: organization.id } : {}),
    parties: Object.freeze({
      ...(key && { key }),
      ...(user && { user }),
      ...(team && { team }),
      ...(organization && { organization }),
    }),
    tags: Object.freeze([...new Set(levels.flatMap((level) => level.grant.tags))]),
    ...(contact === undefined ? {} : { contact }),
    grants: Object.freeze(
      levels.map(({ holder, grant }) => grantOf(holder, grant)).filter((grant) => grant !== undefined),
    ),
    demands: Object.freeze(
      levels.flatMap(({ holder, grant }) => grant.require_tags.map((tag) => ({ tag, of: holder }))),
    ),
    ...overlaysOf(levels),
    contentLogging: strictest(levels.map((level) => level.grant.content_logging)),
  });
}

/** Most have none, so most principals are as small as they were. */
function overlaysOf(levels: readonly Level[]): Pick<Principal, 'overlays'> {
  const overlays = levels.flatMap(({ holder, grant: { model_aliases: names } }) =>
    Object.keys(names).length === 0 ? [] : [Object.freeze({ holder, names })],
  );
  return overlays.length === 0 ? {} : { overlays: Object.freeze(overlays) };
}

function userOf(claimed: Claimed, directory: Owners): ResourceOf<'users'> | undefined {
  if (claimed.userMayBeUnknown && claimed.user !== undefined) return directory.get('users', claimed.user);
  return owner('users', claimed.user, claimed, directory);
}

const words = { users: 'user', teams: 'team', organizations: 'organization' } as const satisfies Partial<
  Record<ResourceKind, string>
>;

/** A key whose team is gone must not fall out from under the team's limits: it is refused. */
function owner<Kind extends keyof typeof words>(
  kind: Kind,
  id: string | undefined,
  { own }: Claimed,
  directory: Owners,
): ResourceOf<Kind> | undefined {
  if (id === undefined) return undefined;
  const found = directory.get(kind, id);
  if (found) return found;
  throw new Failure(
    'key-orphaned',
    `The ${own.holder} belongs to the ${words[kind]} "${id}", which does not exist any more.${whomToAsk(own.grant.contact)}`,
  );
}

function levelOf(word: string, owned: (GrantFields & { id: string; name?: string | undefined }) | undefined): Level[] {
  return owned ? [{ holder: `${word} "${owned.name ?? owned.id}"`, grant: owned }] : [];
}
