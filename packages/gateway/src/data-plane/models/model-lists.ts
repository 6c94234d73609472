import { descriptionOf } from './codex-entry.ts';
import type { ListedModel } from './listed-models.ts';
import { type Paging, pageOf } from './page.ts';

/** The list as OpenAI writes it. https://platform.openai.com/docs/api-reference/models/list */
export function openAiModelList(models: readonly ListedModel[]): object {
  return { object: 'list', data: models.filter(isOffered).map(openAiModel) };
}

/** One model as OpenAI writes it. */
export function openAiModel({ name, target }: ListedModel): object {
  return { id: name, object: 'model', created: 0, owned_by: target.provider.name };
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
