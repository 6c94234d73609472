import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { resourceId } from '@turnpike/contract/resources/values';
import type { PriceRule } from '../../catalog/price-rules.ts';
import type { Checks } from '../../config/check-resource.ts';
import { formatPath, positionInside } from '../../config/problem.ts';
import type { Clock } from '../../core/clock.ts';
import type { Directory } from '../../identity/directory.ts';
import type { Following } from '../../identity/follow-store.ts';
import type { KeyHasher } from '../../identity/key-hash.ts';
import { type ResourceStore, StoreConflict, type StoredResource } from '../../store/resources/resource-store.ts';
import { type Detail, Refused } from '../refused.ts';
import type { Actor, Change, Changed, ChangeOptions } from './change.ts';
import { checkDraft } from './check-draft.ts';
import { type Complaint, type Draft } from './draft.ts';
import { expandDeletes } from './expand-deletes.ts';
import { planChanges } from './plan-changes.ts';
import { type Step, stepsOf } from './steps.ts';

export interface ResourceServiceParts {
  readonly directory: Directory;
  readonly following: Pick<Following, 'sync' | 'revision'>;
  readonly store: Pick<ResourceStore, 'getMany' | 'apply'>;
  readonly hasher: KeyHasher;
  readonly clock: Clock;
  /** Prices that stand elsewhere in the configuration document. */
  pricesOfFile(): readonly PriceRule[];
  /** Tells what is wrong inside of resources, as the configuration is now. */
  readonly checks: Checks;
  /** What makes the resources that are read-only here, for people: `turnpike.yaml`. */
  readonly fileName: string;
}

/** The one way in which resources are changed: by API, import, command line, and in the manner of other gateways. */
export interface ResourceService {
  /**
   * Makes all changes or none, with their audit events. They hold for the next request here, and moments later on other replicas.
   * What had to go along with a cascading deletion follows in the answer. Rejects with `Refused`.
   */
  change(actor: Actor, changes: readonly Change[], options?: ChangeOptions): Promise<readonly Changed[]>;
}

/** So often something else may change while changes are being checked, before the caller is asked to come back. */
const maxTries = 20;

export function createResourceService(parts: ResourceServiceParts): ResourceService {
  const { following, store } = parts;
  let last: Promise<unknown> = Promise.resolve();

  async function attempt(actor: Actor, changes: readonly Change[], dryRun: boolean): Promise<Changed[] | 'again'> {
    await following.sync();
    const ground = following.revision();
    const rows = await readRows(changes, store);
    const { draft, warnings } = draftOf(changes, rows, parts);
    const steps = stepsOf(draft, { ...parts, actor, warnings, rows });
    if (dryRun) return steps.map(({ changed: { value: _value, ...changed } }) => changed);
    const made = steps.filter(({ write }) => write !== undefined);
    const revisions = await applySteps(made, ground, store);
    if (revisions === 'again') return 'again';
    await following.sync();
    return steps.map((step) => withRevision(step, revisions[made.indexOf(step)]));
  }

  return {
    change(actor, changes, { dryRun = false } = {}) {
      // One after the other: they would only make each other start anew.
      const result = last.then(async () => {
        for (let tries = 0; tries < maxTries; tries++) {
          const done = await attempt(actor, changes, dryRun);
          if (done !== 'again') return done;
        }
        throw new Refused('unavailable', 'Too much is being changed at the same time. Try again.');
      });
      last = result.catch(() => {});
      return result;
    },
  };
}

async function readRows(
  changes: readonly Change[],
  store: ResourceServiceParts['store'],
): Promise<ReadonlyMap<string, StoredResource>> {
  const ids = new Map<ResourceKind, Set<string>>();
  for (const change of changes) {
    const { data: id } = resourceId.safeParse(change.op === 'put' ? change.body['id'] : change.id);
    // What cannot be an id is in no store, and may not even be asked for.
    if (id !== undefined) ids.set(change.kind, (ids.get(change.kind) ?? new Set()).add(id));
  }
  const found = await Promise.all([...ids].map(([kind, wanted]) => store.getMany(kind, [...wanted])));
  return new Map(found.flat().map((row) => [`${row.kind}/${row.id}`, row]));
}

function draftOf(
  changes: readonly Change[],
  rows: ReadonlyMap<string, StoredResource>,
  parts: ResourceServiceParts,
): { draft: Draft; warnings: ReadonlyMap<string, readonly string[]> } {
  const draft = planChanges(changes, { ...parts, rows, nowMs: parts.clock.now() });
  refuse(draft.complaints);
  expandDeletes(draft, parts.directory);
  const warnings = checkDraft(draft, parts.pricesOfFile());
  refuse(draft.complaints);
  return { draft, warnings };
}

function refuse(complaints: readonly Complaint[]): void {
  const [first, ...others] = complaints.map(detailOf);
  const code = complaints[0]?.code;
  if (!first || !code) return;
  const text = first.path === '' ? first.message : `${first.path}: ${first.message}`;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new Refused(code, `${text}${more}`, [first, ...others]);
}

function detailOf({ at, message, inside }: Complaint): Detail {
  return { path: formatPath(at), message, ...(inside && positionInside(inside)) };
}

async function applySteps(
  steps: readonly Step[],
  ground: bigint,
  store: ResourceServiceParts['store'],
): Promise<readonly bigint[] | 'again'> {
  if (steps.length === 0) return [];
  const writes = steps.flatMap(({ write }) => (write ? [write] : []));
  const audit = steps.flatMap(({ audit }) => (audit ? [audit] : []));
  try {
    return await store.apply(writes, audit, ground);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    if (error.reason === 'ground-moved') return 'again';
    // Only a row that this version cannot read, and so is in no directory, can still be in the way.
    throw new Refused('conflict', `${error.kind}/${error.id} cannot be changed: ${error.reason}`);
  }
}

function withRevision({ changed }: Step, revision: bigint | undefined): Changed {
  return revision === undefined || changed.did === 'delete' ? changed : { ...changed, revision };
}
