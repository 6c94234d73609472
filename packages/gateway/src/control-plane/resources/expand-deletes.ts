import { type ResourceKind } from '@turnpike/contract/resources/kinds';
import { type Reference, referencesOf } from '@turnpike/contract/resources/references';
import { namedByRules } from '../../config/check-resource.ts';
import { nounOf } from '../../config/check-resources.ts';
import { formatPath } from '../../config/problem.ts';
import type { Directory } from '../../identity/directory.ts';
import { type KnownResource, parseResource } from '../../identity/resources.ts';
import { type Draft, type DraftDelete, placeOf } from './draft.ts';

/** Which kinds can name a kind. */
const namedBy: Readonly<Record<ResourceKind, readonly ResourceKind[]>> = {
  organizations: ['teams', 'users', 'virtual_keys', 'budgets', 'rate_limits', 'prices', 'token_issuers'],
  teams: ['users', 'virtual_keys', 'budgets', 'rate_limits', 'token_issuers'],
  users: ['virtual_keys', 'budgets', 'rate_limits'],
  virtual_keys: ['budgets', 'rate_limits'],
  budgets: [],
  rate_limits: [],
  token_issuers: [],
  prices: [],
  deployment_states: [],
  rules: [],
};

/** How many of those that name a resource are told. */
const maxTold = 20;

/** Nothing may be left that names what is gone: what does goes, too, where that was asked for; otherwise it is a complaint. */
export function expandDeletes(draft: Draft, directory: Directory): void {
  let fresh: readonly DraftDelete[] = [...draft.deletes.values()];
  while (fresh.length > 0) {
    const gone = new Map(fresh.map((each) => [placeOf(each.kind, each.id), each]));
    const kinds = new Set(fresh.flatMap(({ kind }) => namedBy[kind]));
    const told = new Map<DraftDelete, number>();
    fresh = [];
    for (const named of [...kinds].flatMap((kind) => [...naming(kind, draft, gone)])) {
      if (draft.deletes.has(placeOf(named.resource.kind, named.resource.body.id))) continue;
      if (named.cause.cascade) fresh = [...fresh, ...takeAlong(named, draft, directory)];
      else tellInUse(named, draft, told);
    }
  }
}

interface Naming {
  readonly resource: KnownResource;
  readonly reference: Reference;
  /** What it names that goes. */
  readonly cause: DraftDelete;
}

function* naming(kind: ResourceKind, draft: Draft, gone: ReadonlyMap<string, DraftDelete>): Generator<Naming> {
  for (const resource of draft.list(kind)) {
    // What is to be written is checked like everything that is written.
    const put = draft.puts.get(placeOf(kind, resource.body.id));
    if (put && !put.along) continue;
    for (const reference of namesIn(resource)) {
      const cause = gone.get(placeOf(reference.kind, reference.id));
      if (cause) yield { resource, reference, cause };
    }
  }
}

function namesIn(resource: KnownResource): Iterable<Reference> {
  return resource.kind === 'token_issuers' ? namedByRules(resource.body) : referencesOf(resource.kind, resource.body);
}

function tellInUse({ resource, reference, cause }: Naming, draft: Draft, told: Map<DraftDelete, number>): void {
  const count = told.get(cause) ?? 0;
  told.set(cause, count + 1);
  if (count > maxTold) return;
  const message =
    count === maxTold
      ? 'more than these name it'
      : `the ${nounOf(resource.kind)} \`${resource.body.id}\` names it in ${formatPath(reference.path)}`;
  draft.complain({ code: 'in-use', at: cause.at, message });
}

/** Answers what goes along. A user only leaves a team; rules of token issuers are for people to change. */
function takeAlong({ resource, reference, cause }: Naming, draft: Draft, directory: Directory): readonly DraftDelete[] {
  const { kind, body } = resource;
  const complain = (code: 'in-use' | 'read-only', why: string) => {
    draft.complain({ code, at: cause.at, message: `the ${nounOf(kind)} \`${body.id}\` names it and ${why}` });
    return [];
  };
  if (directory.originOf(kind, body.id) === 'file')
    return complain('read-only', 'is made by the configuration document');
  if (kind === 'token_issuers') return complain('in-use', `must be changed first, in ${formatPath(reference.path)}`);
  if (kind === 'users' && reference.kind === 'teams') {
    const teams = body.teams.filter((team) => !draft.deletes.has(placeOf('teams', team)));
    draft.put({ resource: parseResource('users', { ...body, teams }), at: cause.at, along: true });
    return [];
  }
  const gone = { kind, id: body.id, at: cause.at, cascade: true };
  draft.delete(gone);
  return [gone];
}
