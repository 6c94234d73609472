import type { Insertable, Selectable, Transaction } from 'kysely';
import type { ResourcesTable, Tables } from '../sql/schema.ts';
import { type PutChange, type ResourceChange, StoreConflict } from './resource-store.ts';
import { takeNumbers } from './take-numbers.ts';

type Row = Pick<Selectable<ResourcesTable>, 'kind' | 'id' | 'name' | 'revision' | 'created_at' | 'deleted_at'>;

/** What there was, by kind and id. */
type Current = ReadonlyMap<string, Row>;

/** Rows and values of one statement: few enough for every database. */
const rowsPerStatement = 500;

export interface ApplyOptions {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Only if this is the last revision. */
  readonly ground?: bigint | undefined;
}

/** Makes all changes inside a transaction. Answers their revisions. Throws `StoreConflict`. */
export async function applyChanges(
  transaction: Transaction<Tables>,
  changes: readonly ResourceChange[],
  { at, ground }: ApplyOptions,
): Promise<readonly bigint[]> {
  const [some] = changes;
  if (!some) return [];
  refuseTwice(changes);
  // First of all: it keeps other changes out until this one is committed, so what is read now stays true.
  const first = await takeNumbers(transaction, 'resources', changes.length);
  if (ground !== undefined && first !== ground + 1n) throw new StoreConflict('ground-moved', some);
  const current = await readCurrent(transaction, changes);
  for (const change of changes) checkExpected(change, current.get(keyOf(change)));
  await checkNames(transaction, changes);
  await releaseNames(transaction, changes, current);
  const revisions = changes.map((_, index) => first + BigInt(index));
  const rows = changes.map((change, index) =>
    rowOf(change, current.get(keyOf(change)), { revision: first + BigInt(index), at }),
  );
  for (const part of parts(rows)) await writeRows(transaction, part);
  await writeSecrets(transaction, changes, at);
  return revisions;
}

const keyOf = ({ kind, id }: { kind: string; id: string }) => `${kind}\n${id}`;

function refuseTwice(changes: readonly ResourceChange[]): void {
  const seen = new Set<string>();
  for (const change of changes) {
    if (seen.has(keyOf(change))) throw new TypeError(`${change.kind}/${change.id} is changed twice at once`);
    seen.add(keyOf(change));
  }
}

async function readCurrent(transaction: Transaction<Tables>, changes: readonly ResourceChange[]): Promise<Current> {
  const found = new Map<string, Row>();
  for (const { kind, part } of partsByKind(changes)) {
    const rows = await transaction
      .selectFrom('resources')
      .select(['kind', 'id', 'name', 'revision', 'created_at', 'deleted_at'])
      .where('kind', '=', kind)
      .where(
        'id',
        'in',
        part.map(({ id }) => id),
      )
      .execute();
    for (const row of rows) found.set(keyOf(row), row);
  }
  return found;
}

function checkExpected(change: ResourceChange, row: Row | undefined): void {
  const exists = row !== undefined && row.deleted_at === null;
  const { expected } = change;
  if (expected === 'absent' && exists) throw new StoreConflict('exists', change);
  const mustExist = change.type === 'delete' || typeof expected === 'bigint';
  if (mustExist && !exists) throw new StoreConflict('missing', change);
  if (typeof expected === 'bigint' && row?.revision !== expected) throw new StoreConflict('changed', change);
}

/** A name may belong to one of its kind. One that is given up by the same changes is free. */
async function checkNames(transaction: Transaction<Tables>, changes: readonly ResourceChange[]): Promise<void> {
  const changed = new Set(changes.map(keyOf));
  const named = changes.filter(hasName);
  const wanted = new Set<string>();
  for (const change of named) {
    const name = `${change.kind}\n${change.name}`;
    if (wanted.has(name)) throw new StoreConflict('name-taken', change);
    wanted.add(name);
  }
  for (const { kind, part } of partsByKind(named)) {
    const holders = await transaction
      .selectFrom('resources')
      .select(['kind', 'id', 'name'])
      .where('kind', '=', kind)
      .where('deleted_at', 'is', null)
      .where(
        'name',
        'in',
        part.map(({ name }) => name),
      )
      .execute();
    const holder = holders.find((row) => !changed.has(keyOf(row)));
    const loser = holder && part.find(({ name }) => name === holder.name);
    if (loser) throw new StoreConflict('name-taken', loser);
  }
}

function hasName(change: ResourceChange): change is PutChange & { readonly name: string } {
  return change.type === 'put' && change.name !== undefined;
}

/** Two that swap names would meet halfway. */
async function releaseNames(
  transaction: Transaction<Tables>,
  changes: readonly ResourceChange[],
  current: Current,
): Promise<void> {
  const renamed = changes.filter((change) => {
    const before = current.get(keyOf(change))?.name;
    return change.type === 'put' && before !== null && before !== undefined && before !== change.name;
  });
  for (const { kind, part } of partsByKind(renamed)) {
    await transaction
      .updateTable('resources')
      .set({ name: null })
      .where('kind', '=', kind)
      .where(
        'id',
        'in',
        part.map(({ id }) => id),
      )
      .execute();
  }
}

function rowOf(
  change: ResourceChange,
  before: Row | undefined,
  { revision, at }: { revision: bigint; at: number },
): Insertable<ResourcesTable> {
  const { kind, id } = change;
  const existed = before !== undefined && before.deleted_at === null;
  const created_at = existed ? before.created_at : at;
  const common = { kind, id, revision, created_at, updated_at: at };
  // A tombstone keeps nothing but the fact.
  if (change.type === 'delete') return { ...common, name: null, body: 'null', deleted_at: at };
  return { ...common, name: change.name ?? null, body: JSON.stringify(change.body), deleted_at: null };
}

async function writeRows(transaction: Transaction<Tables>, rows: readonly Insertable<ResourcesTable>[]): Promise<void> {
  await transaction
    .insertInto('resources')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['kind', 'id']).doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        revision: eb.ref('excluded.revision'),
        body: eb.ref('excluded.body'),
        created_at: eb.ref('excluded.created_at'),
        updated_at: eb.ref('excluded.updated_at'),
        deleted_at: eb.ref('excluded.deleted_at'),
      })),
    )
    .execute();
}

async function writeSecrets(
  transaction: Transaction<Tables>,
  changes: readonly ResourceChange[],
  at: number,
): Promise<void> {
  const gone = changes.filter((change) => change.type === 'delete' || change.sealed === null);
  for (const { kind, part } of partsByKind(gone)) {
    await transaction
      .deleteFrom('secrets')
      .where('kind', '=', kind)
      .where(
        'id',
        'in',
        part.map(({ id }) => id),
      )
      .execute();
  }
  const rows = changes.flatMap((change) => {
    const sealed = change.type === 'put' ? change.sealed : undefined;
    return typeof sealed === 'string' ? [{ kind: change.kind, id: change.id, sealed, updated_at: at }] : [];
  });
  for (const part of parts(rows)) {
    await transaction
      .insertInto('secrets')
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(['kind', 'id']).doUpdateSet((eb) => ({
          sealed: eb.ref('excluded.sealed'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += rowsPerStatement) yield all.slice(start, start + rowsPerStatement);
}

function* partsByKind<T extends ResourceChange>(
  changes: readonly T[],
): Generator<{ kind: string; part: readonly T[] }> {
  for (const kind of new Set(changes.map((change) => change.kind))) {
    for (const part of parts(changes.filter((change) => change.kind === kind))) yield { kind, part };
  }
}
