import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { nounOf } from '../../config/check-resources.ts';
import type { Checks } from '../../config/check-resource.ts';
import type { Path } from '../../config/problem.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Directory } from '../../identity/directory.ts';
import type { KnownResource } from '../../identity/resources.ts';
import { fromStored } from '../../identity/stored-resources.ts';
import type { StoredResource } from '../../store/resources/resource-store.ts';
import { Refused } from '../refused.ts';
import type { Change, Delete, Expected, Patch, Put } from './change.ts';
import { createDraft, type Draft, placeOf } from './draft.ts';
import { type DigestParts, digestsWith } from './key-digests.ts';
import { mergePatch } from './merge-patch.ts';
import { newResourceId } from './new-resource-id.ts';
import { bodyOf, parseBody } from './parse-body.ts';

export interface PlanParts extends DigestParts {
  readonly directory: Directory;
  /** What the store has of the resources that are to change, by `kind/id`. */
  readonly rows: ReadonlyMap<string, StoredResource>;
  /** What makes the resources that cannot be changed here, for people. */
  readonly fileName: string;
  /** Tells what is wrong inside of resources. */
  readonly checks: Checks;
}

/** Nobody reads more, and to find each takes time. */
const maxComplaints = 100;

/** What each change comes to by itself. What is wrong is in the draft's complaints. */
export function planChanges(changes: readonly Change[], parts: PlanParts): Draft {
  const draft = createDraft(parts.directory, parts.checks);
  for (const change of changes) {
    if (draft.complaints.length >= maxComplaints) break;
    if (change.op === 'delete') planDelete(change, draft, parts);
    else planPut(change, draft, parts);
  }
  return draft;
}

/** What an answer tells of a resource besides its fields. Whoever sends back what was read may leave it in. */
const readOnlyFields: ReadonlySet<string> = new Set(['source', 'revision', 'created_at', 'updated_at', 'values']);

function planPut(change: Put | Patch, draft: Draft, parts: PlanParts): void {
  const { kind, at = [] } = change;
  const sent = change.op === 'put' ? change.body : change.patch;
  const { id: givenId, ...fields } = withoutReadOnly(sent);
  const id = idOf(change, givenId);
  if (id === undefined) {
    const message = change.op === 'put' ? 'must be text' : 'cannot be changed';
    draft.complain({ code: 'invalid', at: [...at, 'id'], message });
    return;
  }
  const row = parts.rows.get(placeOf(kind, id));
  const expected = change.ifMatch ?? (change.op === 'patch' ? 'present' : undefined);
  if (!mayTouch({ kind, id, at, expected }, draft, parts)) return;
  const body = change.op === 'put' ? fields : mergePatch(currentBody(row), fields);
  const parsed = parseBody(kind, { ...body, id });
  if ('findings' in parsed) {
    for (const { path, message, hint } of parsed.findings)
      draft.complain({
        code: 'invalid',
        at: [...at, ...path],
        message: hint === undefined ? message : `${message} (${hint})`,
      });
    return;
  }
  const key = kind === 'virtual_keys' ? planValue(change, { id, row }, draft, parts) : {};
  draft.put({ resource: parsed.resource, at, ...key });
}

function withoutReadOnly(sent: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(sent).filter(([field]) => !readOnlyFields.has(field)));
}

/** Undefined where the body has one that will not do. */
function idOf(change: Put | Patch, given: Json | undefined): string | undefined {
  if (change.op === 'patch') return given === undefined || given === change.id ? change.id : undefined;
  if (given === undefined) return newResourceId(change.kind);
  return typeof given === 'string' ? given : undefined;
}

interface Touched {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly at: Path;
  readonly expected: Expected | undefined;
}

/** Whether a resource may be changed at all: it is not the document's, is not changed twice, and is as the caller expects. */
function mayTouch(touched: Touched, draft: Draft, { directory, rows, fileName }: PlanParts): boolean {
  const { kind, id, at, expected } = touched;
  const place = placeOf(kind, id);
  const what = `the ${nounOf(kind)} \`${id}\``;
  const complain = (
    code: 'read-only' | 'invalid' | 'conflict' | 'not-found' | 'precondition-failed',
    message: string,
  ) => draft.complain({ code, at, message });
  if (draft.puts.has(place) || draft.deletes.has(place)) complain('invalid', `${what} is changed twice at once`);
  else if (directory.originOf(kind, id) === 'file') {
    if (expected === 'absent') complain('conflict', `${what} is there already: ${fileName} makes it`);
    else complain('read-only', `${what} is made by ${fileName} and can only be changed there`);
  } else {
    const row = rows.get(place);
    if (expected === 'absent' && row) complain('conflict', `${what} is there already`);
    else if (expected === 'present' && !row) complain('not-found', `there is no ${nounOf(kind)} \`${id}\``);
    else if (typeof expected === 'bigint' && row?.revision !== expected)
      complain('precondition-failed', `${what} has been changed meanwhile`);
    else return true;
  }
  return false;
}

/** The fields of a stored resource. A row that cannot be read counts as empty. */
function currentBody(row: StoredResource | undefined): JsonObject | undefined {
  const known = row && readRow(row);
  return known && bodyOf(known);
}

function readRow(row: StoredResource): KnownResource | undefined {
  try {
    return fromStored(row);
  } catch {
    return undefined;
  }
}

interface KeyChange {
  readonly id: string;
  readonly row: StoredResource | undefined;
}

function planValue(change: Put | Patch, { id, row }: KeyChange, draft: Draft, parts: PlanParts) {
  const before = (row && readRow(row)?.digests) ?? [];
  const wanted = change.value ?? (row ? undefined : 'generate');
  if (wanted === undefined) return { digests: before };
  try {
    return digestsWith({ keyId: id, wanted, before, graceSeconds: change.graceSeconds ?? 0 }, parts);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    draft.complain({ code: error.code, at: [...(change.at ?? []), 'value'], message: error.message });
    return {};
  }
}

function planDelete(change: Delete, draft: Draft, parts: PlanParts): void {
  const { kind, id, at = [], cascade = false, ifMatch = 'present' } = change;
  if (!mayTouch({ kind, id, at, expected: ifMatch }, draft, parts)) return;
  draft.delete({ kind, id, at, cascade });
}
