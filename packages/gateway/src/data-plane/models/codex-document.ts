import { codexModel } from '@turnpike/contract/codex-models';
import type { Log } from '../../core/log.ts';
import { codexEntry } from './codex-entry.ts';
import type { ListedModel } from './listed-models.ts';
import { openAiModelList } from './model-lists.ts';

/** Writes lists for Codex. An entry is made, checked and written once, whoever reads it. */
export interface CodexWriter {
  /** One document for two readers: `data` as OpenAI writes its list, `models` as Codex wants to read it. In steps. */
  document(models: readonly ListedModel[], efforts: readonly string[]): Generator<void, string>;
}

export function createCodexWriter(log: Log): CodexWriter {
  const byEfforts = new Map<string, WeakMap<ListedModel, string>>();

  return {
    *document(models, efforts) {
      const key = efforts.join();
      const written = byEfforts.get(key) ?? new WeakMap<ListedModel, string>();
      byEfforts.set(key, written);
      for (const model of models) {
        if (written.has(model)) continue;
        written.set(model, entryText(model, efforts, log));
        yield;
      }
      const texts = models.flatMap((model) => written.get(model) || []);
      const entries = texts.map((text, index) => `${text}${index + 1}}`);
      return `${JSON.stringify(openAiModelList(models)).slice(0, -1)},"models":[${entries.join()}]}`;
    },
  };
}

/**
 * An entry up to the number of its place in the list, which is another for each reader: `{…,"priority":`. Empty for an odd one: Codex throws
 * the whole list away for it, so it is left out.
 */
function entryText(model: ListedModel, efforts: readonly string[], log: Log): string {
  const { success, error, data } = codexModel.safeParse(codexEntry(model, 0, efforts));
  if (success) {
    const { priority: _, ...entry } = data;
    return `${JSON.stringify(entry).slice(0, -1)},"priority":`;
  }
  const [issue] = error.issues;
  log.warn('a model is not listed for Codex', {
    model: model.name,
    field: issue?.path.join('.') ?? '',
    why: issue?.message ?? '',
  });
  return '';
}
