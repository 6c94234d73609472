import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { describeKeys } from './describe-key.ts';
import { LiteLlmFailure } from './failure.ts';
import { findKey, keyNamed } from './find-key.ts';
import { number, readFields, readQuery, text } from './read-request.ts';
import { type Call, type LiteLlmTools, selfOf } from './route.ts';
import { pageOf } from './rows.ts';

type Key = ResourceOf<'virtual_keys'>;

/** Without a name the caller's own key. A virtual key is told of itself only. */
export async function keyInfo(call: Call, tools: LiteLlmTools): Promise<Json> {
  const self = selfOf(call);
  const named = call.query.get('key') ?? self?.value;
  if (named === undefined) throw new LiteLlmFailure(400, 'Which key? Send `?key=sk-…`, its SHA-256 or its id.', 'key');
  const key = self ? findKey(named, tools) : keyNamed(named, tools);
  if (!key || (self && key.id !== self.principal.key))
    throw new LiteLlmFailure(
      403,
      'You are not allowed to access this key. A virtual key may only ask about itself.',
      'key',
    );
  const [described] = await describeKeys([key], tools);
  return { key: named, info: described ?? null };
}

/** The same of several. */
export async function keysInfo({ body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { keys } = readFields(z.object({ keys: z.array(z.string()).min(1).max(500) }), body);
  const described = await describeKeys(
    keys.map((each) => keyNamed(each, tools)),
    tools,
  );
  return { key: keys, info: described };
}

const listQuery = z.object({
  page: number.pipe(z.int().min(1)).default(1),
  size: number.pipe(z.int().min(1).max(100)).default(10),
  user_id: text,
  team_id: text,
  organization_id: text,
  key_alias: text,
  key_hash: text,
  return_full_object: z.string().optional(),
});

/** Ids of keys in pages, or the keys themselves. */
export async function listKeys(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const wanted = readQuery(listQuery, query);
  const { items, counts } = pageOf([...matching(wanted, tools)], wanted);
  const isFull = wanted.return_full_object?.toLowerCase() === 'true';
  return { keys: isFull ? await describeKeys(items, tools) : items.map(({ id }) => id), ...counts };
}

function* matching(wanted: z.output<typeof listQuery>, tools: LiteLlmTools): Generator<Key> {
  const only = wanted.key_hash ? findKey(wanted.key_hash, tools)?.id : undefined;
  const fits = (asked: string | null | undefined, is: string | undefined) => !asked || asked === is;
  for (const key of tools.directory.list('virtual_keys')) {
    if (wanted.key_hash && key.id !== only) continue;
    if (!fits(wanted.user_id, key.user) || !fits(wanted.team_id, key.team)) continue;
    if (fits(wanted.organization_id, key.organization) && fits(wanted.key_alias, key.name)) yield key;
  }
}

/** Names of keys in pages. */
export async function listAliases(query: URLSearchParams, { directory }: LiteLlmTools): Promise<Json> {
  const page = readQuery(
    z.object({ page: listQuery.shape.page, size: number.pipe(z.int().min(1).max(500)).default(50), search: text }),
    query,
  );
  const names = [...directory.list('virtual_keys')].flatMap(({ name }) => (name === undefined ? [] : [name]));
  const found = names
    .filter((name) => !page.search || name.toLowerCase().includes(page.search.toLowerCase()))
    .toSorted();
  const { items, counts } = pageOf(found, page);
  return { aliases: items, ...counts, size: page.size };
}
