import { type CodexModel, codexModel } from '@turnpike/contract/codex-models';
import type { Log } from '../../core/log.ts';
import { codexEntry, descriptionOf, effortsFor } from './codex-entry.ts';
import type { ListedModel } from './listed-models.ts';
import { type Paging, pageOf } from './page.ts';

/** One document for two readers: `data` as OpenAI writes its list, `models` as Codex wants to read it. */
export function openAiModelList(
  models: readonly ListedModel[],
  reader: { readonly clientVersion?: string; readonly log: Log },
): object {
  const efforts = effortsFor(reader.clientVersion);
  return {
    object: 'list',
    data: models.filter(isOffered).map(openAiModel),
    models: models.flatMap((model, index) => checked(codexEntry(model, index + 1, efforts), reader.log)),
  };
}

/** One model as OpenAI writes it. */
export function openAiModel({ name, target }: ListedModel): object {
  return { id: name, object: 'model', created: 0, owned_by: target.provider.name };
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

/** The list as Anthropic writes it. https://platform.claude.com/docs/en/api/models/list */
export function anthropicModelList(models: readonly ListedModel[], paging: Paging): object {
  const { entries, hasMore } = pageOf(models.filter(isOffered), paging);
  return {
    data: entries.map(anthropicModel),
    has_more: hasMore,
    first_id: entries[0]?.name ?? null,
    last_id: entries.at(-1)?.name ?? null,
  };
}

/** One model as Anthropic writes it. */
export function anthropicModel({ name, facts }: ListedModel): object {
  return {
    type: 'model',
    id: name,
    display_name: name,
    created_at: '1970-01-01T00:00:00Z',
    ...(facts.contextWindow === undefined ? {} : { max_input_tokens: facts.contextWindow }),
    ...(facts.maxOutputTokens === undefined ? {} : { max_tokens: facts.maxOutputTokens }),
  };
}

/** The list as Google writes it. A page is named by the last model of the one before. https://ai.google.dev/api/models */
export function geminiModelList(models: readonly ListedModel[], paging: Paging): object {
  const { entries, hasMore } = pageOf(models.filter(isOffered), paging);
  return {
    models: entries.map(geminiModel),
    ...(hasMore ? { nextPageToken: entries.at(-1)?.name } : {}),
  };
}

/** One model as Google writes it. */
export function geminiModel({ name, target, facts, notice }: ListedModel): object {
  return {
    name: `models/${name}`,
    version: '1',
    displayName: name,
    description: descriptionOf({ target, ...(notice ? { notice } : {}) }),
    ...(facts.contextWindow === undefined ? {} : { inputTokenLimit: facts.contextWindow }),
    ...(facts.maxOutputTokens === undefined ? {} : { outputTokenLimit: facts.maxOutputTokens }),
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    ...(facts.reasoning === undefined ? {} : { thinking: facts.reasoning }),
  };
}

function isOffered({ offered }: ListedModel): boolean {
  return offered;
}
