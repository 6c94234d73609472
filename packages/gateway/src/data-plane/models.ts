import type { Snapshot } from '../config/snapshot.ts';
import type { VirtualKey } from '../identity/principal.ts';
import { mayUse } from '../policy/access.ts';

/** Names this key may ask for: configured models first, then `provider/model` of everything the catalog knows of the configured providers. */
export function modelsFor(key: VirtualKey, snapshot: Snapshot): readonly string[] {
  const names = [...snapshot.aliases.keys()];
  for (const provider of snapshot.providers.values()) {
    const { priceId } = provider.vendor;
    if (priceId === undefined) continue;
    for (const model of snapshot.catalog.models(priceId)) names.push(`${provider.name}/${model}`);
  }
  return names.filter((name) => mayUse(key, name));
}

/** The list as OpenAI writes it. */
export function openAiModelList(names: readonly string[]): object {
  return { object: 'list', data: names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'turnpike' })) };
}

/** The list as Anthropic writes it. */
export function anthropicModelList(names: readonly string[]): object {
  const data = names.map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }));
  return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}
