import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LiteLlmPorts } from './ports.ts';

/** What the store knows of a resource besides its fields. */
export interface RowFacts {
  readonly created_at: string | null;
  readonly updated_at: string | null;
  /** Of a virtual key: how its value ends. */
  readonly key_name: string | null;
}

const unknown: RowFacts = { created_at: null, updated_at: null, key_name: null };

/** Facts of resources by id. Those that the document made have none. */
export async function factsOf(
  kind: ResourceKind,
  ids: readonly string[],
  { store }: Pick<LiteLlmPorts, 'store'>,
): Promise<(id: string) => RowFacts> {
  const rows = await store.resources.getMany(kind, ids);
  const facts = new Map(
    rows.map(({ id, createdAt, updatedAt, body }) => [
      id,
      { created_at: timeOf(createdAt), updated_at: timeOf(updatedAt), key_name: keyNameOf(body) },
    ]),
  );
  return (id) => facts.get(id) ?? unknown;
}

/** A moment as LiteLLM writes it. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** `sk-...abcd`, of the hint `…abcd`. */
function keyNameOf(body: Json): string | null {
  const digests = isJsonObject(body) ? body['$digests'] : undefined;
  const first = Array.isArray(digests)
    ? digests.find((each): each is JsonObject => isJsonObject(each) && each['until'] === undefined)
    : undefined;
  const hint = first?.['hint'];
  return typeof hint === 'string' ? `sk-...${hint.slice(1)}` : null;
}

/** Part of a list, as LiteLLM counts pages. */
export interface Page {
  readonly page: number;
  readonly size: number;
}

export function pageOf<Item>(items: readonly Item[], { page, size }: Page) {
  return {
    items: items.slice((page - 1) * size, page * size),
    counts: { total_count: items.length, current_page: page, total_pages: Math.ceil(items.length / size) },
  };
}
