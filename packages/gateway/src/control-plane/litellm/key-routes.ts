import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Actor, Delete } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { answerWithValue, describeKeys } from './describe-key.ts';
import { momentAfter } from './durations.ts';
import { answerOf, LiteLlmFailure, notSupported } from './failure.ts';
import { keyFields, temporaryFields } from './fields.ts';
import { keyNamed, keyWithAlias } from './find-key.ts';
import { keyCreation, keyUpdate, newUser, valueOf, type WantedKey } from './key-changes.ts';
import { keyInfo, keysInfo, listAliases, listKeys } from './key-reads.ts';
import { readFields, text, texts } from './read-request.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, required } from './route.ts';

const generateFields = z.object({ ...keyFields, key: text });
const updateFields = z.object({ ...keyFields, ...temporaryFields, key: z.string() });
const regenerateFields = z.object({ ...keyFields, ...temporaryFields, key: text, new_key: text, grace_period: text });
const keyOnly = z.object({ key: z.string() });

/** `/key/*`: virtual keys. */
export function keyRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { method: 'POST', permission: 'keys:write' } as const;
  const read = { method: 'GET', permission: 'resources:read' } as const;
  return [
    { ...write, path: '/key/generate', handle: (call) => generate(call, tools, {}) },
    { ...write, path: '/key/service-account/generate', handle: (call) => generateForService(call, tools) },
    { ...write, path: '/key/update', handle: ({ actor, body }) => update(actor, body, tools) },
    { ...write, path: '/key/bulk_update', handle: ({ actor, body }) => updateMany(actor, body, tools) },
    { ...write, path: '/key/delete', handle: (call) => remove(call, tools) },
    { ...write, path: '/key/regenerate', handle: (call) => regenerate(call, tools) },
    { ...write, path: '/key/{key}/regenerate', handle: (call) => regenerate(call, tools) },
    { ...write, path: '/key/block', handle: (call) => setBlocked(call, true, tools) },
    { ...write, path: '/key/unblock', handle: (call) => setBlocked(call, false, tools) },
    { ...write, path: '/key/{key}/reset_spend', handle: refuseReset },
    { ...read, path: '/key/info', ofOneself: true, handle: (call) => keyInfo(call, tools) },
    { ...read, method: 'POST', path: '/v2/key/info', handle: (call) => keysInfo(call, tools) },
    { ...read, path: '/key/list', handle: ({ query }) => listKeys(query, tools) },
    { ...read, path: '/key/aliases', handle: ({ query }) => listAliases(query, tools) },
    { ...read, method: 'POST', path: '/key/health', ofOneself: true, handle: async () => health },
  ];
}

const health = { key: 'healthy', logging_callbacks: null };

async function refuseReset(): Promise<never> {
  const instead =
    'What was spent is a sum of the ledger. Give room with `temp_budget_increase` and `temp_budget_expiry`.';
  throw notSupported('Resetting spend', instead);
}

async function generate({ actor, body }: Call, tools: LiteLlmTools, more: Pick<WantedKey, 'service'>): Promise<Json> {
  const { key: value, ...fields } = readFields(generateFields, body);
  const id = newResourceId('virtual_keys');
  const changes = [...keyCreation(id, { fields, value, ...more }, tools), ...newUser(fields.user_id, tools)];
  const made = await tools.resources.change(actor, changes);
  return answerWithValue(id, { made, wanted: value, actor }, tools);
}

async function generateForService(call: Call, tools: LiteLlmTools): Promise<Json> {
  const { user_id: _, ...body } = call.body;
  required(typeof body['team_id'] === 'string' ? body['team_id'] : undefined, 'team_id');
  return generate({ ...call, body }, tools, { service: true });
}

async function update(actor: Actor, body: JsonObject, tools: LiteLlmTools): Promise<JsonObject> {
  const { key: named, ...fields } = readFields(updateFields, body);
  const before = keyNamed(named, tools);
  await tools.resources.change(actor, keyUpdate(before, fields, tools));
  const [described] = await describeKeys([keyNamed(before.id, tools)], tools);
  return { key: named, ...described };
}

const bulkFields = z.object({ keys: z.array(z.record(z.string(), z.json())).min(1).max(500) });

/** Each for itself, as LiteLLM does. */
async function updateMany(actor: Actor, body: JsonObject, tools: LiteLlmTools): Promise<Json> {
  const { keys } = readFields(bulkFields, body);
  const done: Json[] = [];
  const failed: Json[] = [];
  for (const each of keys) {
    const key = typeof each['key'] === 'string' ? each['key'] : '';
    try {
      done.push({ key, key_info: await update(actor, each, tools) });
    } catch (error) {
      failed.push({ key, key_info: null, failed_reason: reasonOf(error, tools) });
    }
  }
  return { total_requested: keys.length, successful_updates: done, failed_updates: failed };
}

function reasonOf(error: unknown, { newId, log }: LiteLlmTools): string {
  const { status } = answerOf(error, (defect) => {
    log.error('a key could not be updated', { why: String(defect) });
    return newId('defect_');
  });
  return status < 500 && error instanceof Error ? error.message : 'something went wrong here; the log says more';
}

const deleteFields = z.object({ keys: texts, key_aliases: texts });

async function remove({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { keys, key_aliases: aliases } = readFields(deleteFields, body);
  const named = [
    ...(keys ?? []).map((each) => keyNamed(each, tools)),
    ...(aliases ?? []).map((each) => keyWithAlias(each, tools)),
  ];
  if (named.length === 0)
    throw new LiteLlmFailure(400, "At least one of 'keys' or 'key_aliases' must be provided.", 'keys');
  const ids = [...new Set(named.map(({ id }) => id))];
  const deletions = ids.map((id): Delete => ({ op: 'delete', kind: 'virtual_keys', id, cascade: true }));
  await tools.resources.change(actor, deletions);
  return { deleted_keys: [...(keys ?? []), ...(aliases ?? [])] };
}

async function regenerate({ actor, body, params }: Call, tools: LiteLlmTools): Promise<Json> {
  const { key, new_key: wanted, grace_period: grace, ...fields } = readFields(regenerateFields, body);
  const before = keyNamed(required(params['key'] ?? key, 'key'), tools);
  const nowMs = tools.clock.now();
  const graceSeconds = grace ? Math.round((momentAfter(grace, nowMs, 'grace_period') - nowMs) / 1000) : 0;
  const value = { value: valueOf(wanted, 'new_key'), graceSeconds };
  const made = await tools.resources.change(actor, keyUpdate(before, fields, tools, value));
  return answerWithValue(before.id, { made, wanted, actor }, tools);
}

async function setBlocked({ actor, body }: Call, disabled: boolean, tools: LiteLlmTools): Promise<Json> {
  const { id } = keyNamed(readFields(keyOnly, body).key, tools);
  await tools.resources.change(actor, [{ op: 'patch', kind: 'virtual_keys', id, patch: { disabled } }]);
  const [described] = await describeKeys([keyNamed(id, tools)], tools);
  return described ?? null;
}
