import { type CodexModel, codexModel } from '@turnpike/contract/codex-models';
import type { Log } from '../../core/log.ts';
import { codexEntry, effortsFor } from './codex-entry.ts';
import type { ListedModel } from './listed-models.ts';

/** One document for two readers: `data` as OpenAI writes its list, `models` as Codex wants to read it. */
export function openAiModelList(
  models: readonly ListedModel[],
  reader: { readonly clientVersion?: string; readonly log: Log },
): object {
  const efforts = effortsFor(reader.clientVersion);
  return {
    object: 'list',
    data: models.filter(isOffered).map(({ name, target }) => ({
      id: name,
      object: 'model',
      created: 0,
      owned_by: target.provider.name,
    })),
    models: models.flatMap((model, index) => checked(codexEntry(model, index + 1, efforts), reader.log)),
  };
}

/** Codex throws the whole list away for one odd entry, so that one is left out. */
function checked(entry: CodexModel, log: Log): readonly CodexModel[] {
  const result = codexModel.safeParse(entry);
  if (result.success) return [entry];
  const [issue] = result.error.issues;
  log.warn('a model is not listed for Codex', {
    model: entry.slug,
    field: issue?.path.join('.') ?? '',
    why: issue?.message ?? '',
  });
  return [];
}

/** The list as Anthropic writes it. */
export function anthropicModelList(models: readonly ListedModel[]): object {
  const data = models
    .filter(isOffered)
    .map(({ name }) => ({ type: 'model', id: name, display_name: name, created_at: '1970-01-01T00:00:00Z' }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function isOffered({ offered }: ListedModel): boolean {
  return offered;
}
