import { createHash } from 'node:crypto';
import type { Budget } from '@turnpike/contract/resources/budget';
import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { JsonObject } from '../../core/json.ts';
import type { Change, Delete, Put } from '../resources/change.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LimitFields } from './fields.ts';
import type { LimitSlots } from './limit-slots.ts';
import type { Owner } from './owner.ts';

/** Whose limits become what. */
export interface LimitChange {
  readonly owner: Owner;
  /** As they are. */
  readonly slots: LimitSlots;
  /** What is given changes; null takes a limit away. */
  readonly fields: LimitFields;
  readonly nowMs: number;
}

/** A limit of an owner, made or replaced. Its scope may name a model besides. */
export function putLimit(kind: 'budgets' | 'rate_limits', body: JsonObject, { scope, per }: Owner): Put {
  const { scope: more } = body;
  const model = typeof more === 'object' && more !== null && 'model' in more ? { model: more.model } : {};
  return { op: 'put', kind, body: { ...body, scope: { ...scope, ...model }, ...(per === undefined ? {} : { per }) } };
}

/** A limit taken away, if there is one. */
export function removal(kind: 'budgets' | 'rate_limits', limit: Budget | RateLimit | undefined): Delete[] {
  return limit ? [{ op: 'delete', kind, id: limit.id }] : [];
}

/** All of a kind are put in place of all that there were. */
export function exchanged<Key>(
  kind: 'budgets' | 'rate_limits',
  before: ReadonlyMap<Key, Budget | RateLimit>,
  wanted: ReadonlyMap<Key, JsonObject>,
  owner: Owner,
): readonly Change[] {
  const gone = [...before].flatMap(([key, limit]) => (wanted.has(key) ? [] : removal(kind, limit)));
  return [...[...wanted.values()].map((body) => putLimit(kind, body, owner)), ...gone];
}

/** The fields of a limit that LiteLLM does not know stay as they are. */
export function keptOf(before: Budget | RateLimit | undefined): JsonObject {
  const fields: JsonObject = before ? JSON.parse(JSON.stringify(before)) : {};
  return fields;
}

/** Names of models may hold what ids may not. */
export function idFor({ prefix }: Owner, what: string, model: string): string {
  return `${prefix}:${what}:${createHash('sha256').update(model).digest('hex').slice(0, 16)}`;
}

/** A refusal of what a field says. */
export function refusal(field: string, message: string): LiteLlmFailure {
  return new LiteLlmFailure(400, `\`${field}\` ${message}.`, field);
}
