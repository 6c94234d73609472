import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import { type Reference, referencesOf } from '@turnpike/contract/resources/references';
import type { OverlayNames } from '../identity/overlay.ts';
import type { KnownResource } from '../identity/resources.ts';
import type { CheckOverlay } from './check-names.ts';
import type { CheckState } from './check-state.ts';
import { type Owners, withoutFurther } from './further-names.ts';
import { nearestName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';
import type { CheckRule } from './rule-maker.ts';

/** The resources among which one is looked at: those of a document, or all that there are. */
export interface Neighbours extends Owners, Checks {
  has(kind: ResourceKind, id: string): boolean;
  ids(kind: ResourceKind): Iterable<string>;
}

/** What looks into resources of some kinds. */
export interface Checks {
  /** Tells where model names of somebody's own lead nowhere. */
  readonly checkNames: CheckOverlay;
  /** Tells what is wrong with a rule. */
  readonly checkRule: CheckRule;
  /** Tells of a state of a deployment by which nothing is closed. */
  readonly checkState: CheckState;
}

type Tell = (finding: Finding) => void;

/** What a resource's schema cannot see: names of what is not there, and owners that do not fit each other. Paths begin at the resource. */
export function checkResource(resource: KnownResource, neighbours: Neighbours, tell: Tell): void {
  for (const reference of referencesOf(resource.kind, resource.body)) {
    checkKnown(reference, reference.path, neighbours, tell);
  }
  for (const { path, names } of overlaysIn(resource))
    neighbours.checkNames(withoutFurther(names, resource, neighbours), (finding) =>
      tell({ ...finding, path: [...path, 'model_aliases', ...finding.path] }),
    );
  if (resource.kind === 'rules') neighbours.checkRule(resource.body, tell);
  if (resource.kind === 'deployment_states') neighbours.checkState(resource.body, tell);
  if (resource.kind === 'virtual_keys') checkOwners(resource.body, neighbours, tell);
  if (resource.kind === 'token_issuers') checkIssuer(resource.body, neighbours, tell);
}

/** Model names of one's own, and where they stand. */
function* overlaysIn({ kind, body }: KnownResource): Generator<{ readonly path: Path; readonly names: OverlayNames }> {
  if ('model_aliases' in body) yield { path: [], names: body.model_aliases };
  if (kind !== 'token_issuers') return;
  for (const [index, rule] of body.rules.entries()) yield { path: ['rules', index], names: rule.model_aliases };
}

/** Among how many names one is looked for that was meant: comparing takes time. */
const maxCompared = 500;

function checkKnown(
  { kind, id }: Pick<Reference, 'kind' | 'id'>,
  path: Path,
  neighbours: Neighbours,
  tell: Tell,
): void {
  if (neighbours.has(kind, id)) return;
  const near = nearestName(id, firstOf(neighbours.ids(kind), maxCompared));
  const hint = near === undefined ? `there is no \`${id}\` in \`${kind}\`` : `did you mean \`${near}\`?`;
  tell({ path, message: `names \`${id}\`, which is not in \`${kind}\``, ...(near === undefined ? {} : { hint }) });
}

function* firstOf<T>(all: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const each of all) {
    if (left-- <= 0) return;
    yield each;
  }
}

/** A key counts for one team and one organization. */
function checkOwners(key: ResourceOf<'virtual_keys'>, neighbours: Neighbours, tell: Tell): void {
  const team = key.team === undefined ? undefined : neighbours.team(key.team);
  if (!team) return;
  if (key.organization !== undefined && team.organization !== key.organization) {
    tell({ path: ['organization'], message: `is not the organization of the team \`${team.id}\`` });
  }
  const user = key.user === undefined ? undefined : neighbours.user(key.user);
  if (user && user.teams.length > 0 && !user.teams.includes(team.id)) {
    tell({ path: ['team'], message: `is not a team of the user \`${user.id}\``, severity: 'warning' });
  }
}

function checkIssuer(issuer: ResourceOf<'token_issuers'>, neighbours: Neighbours, tell: Tell): void {
  for (const field of ['issuer', 'jwks_uri'] as const) {
    if (!isUnsafe(issuer[field])) continue;
    const message = 'is not https, so whoever is between can forge its tokens';
    tell({ path: [field], message, severity: 'warning' });
  }
  for (const reference of namedByRules(issuer)) checkKnown(reference, reference.path, neighbours, tell);
}

/** What the rules of an issuer name outright. A template with claims in it may come to any name. */
export function* namedByRules(issuer: ResourceOf<'token_issuers'>): Generator<Reference> {
  for (const [index, { team, organization }] of issuer.rules.entries()) {
    if (isPlain(team)) yield { kind: 'teams', id: team, path: ['rules', index, 'team'] };
    if (isPlain(organization))
      yield { kind: 'organizations', id: organization, path: ['rules', index, 'organization'] };
  }
}

/** A template without claims is the id itself. */
function isPlain(template: string | undefined): template is string {
  return template !== undefined && !template.includes('{');
}

/** Plain http anywhere else than on this machine. */
function isUnsafe(address: string | undefined): boolean {
  if (address === undefined) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
