import type { IncomingHttpHeaders } from 'node:http';
import type { ClientDialectName } from '../../core/items.ts';
import type { CodexWriter } from './codex-document.ts';
import { effortsFor } from './codex-entry.ts';
import type { ListedModel } from './listed-models.ts';
import {
  anthropicModel,
  anthropicModelList,
  geminiModel,
  geminiModelList,
  openAiModel,
  openAiModelList,
} from './model-lists.ts';
import { countIn, type Paging } from './page.ts';

/** What is asked about models. */
export interface ModelsQuestion {
  /** In whose form. */
  readonly dialect: ClientDialectName;
  /** Only this one. */
  readonly model?: string;
  readonly query: URLSearchParams;
}

/** A way to write a list. */
export interface Form {
  /** Told apart from other ways by it. */
  readonly key: string;
  /** The JSON, in steps. */
  write(models: readonly ListedModel[]): Generator<void, string>;
}

/** The form that the reader of a list wants. Only Codex tells the version of its client, and only Codex needs to be told of 3.4 KB for each name. */
export function formOfList({ dialect, query }: ModelsQuestion, codex: CodexWriter): Form {
  if (dialect === 'messages') {
    const paging = anthropicPaging(query);
    return form(`messages ${JSON.stringify(paging)}`, (models) => anthropicModelList(models, paging));
  }
  if (dialect === 'gemini') {
    const paging = geminiPaging(query);
    return form(`gemini ${JSON.stringify(paging)}`, (models) => geminiModelList(models, paging));
  }
  const clientVersion = query.get('client_version');
  if (clientVersion === null) return form('openai', openAiModelList);
  const efforts = effortsFor(clientVersion);
  return { key: `codex ${efforts.join()}`, write: (models) => codex.document(models, efforts) };
}

function form(key: string, list: (models: readonly ListedModel[]) => object): Form {
  return {
    key,
    *write(models) {
      yield;
      return JSON.stringify(list(models));
    },
  };
}

/** One model in a reader's form. */
export function writeModel(model: ListedModel, dialect: ClientDialectName): string {
  if (dialect === 'messages') return JSON.stringify(anthropicModel(model));
  return JSON.stringify(dialect === 'gemini' ? geminiModel(model) : openAiModel(model));
}

function anthropicPaging(query: URLSearchParams): Paging {
  const [after, before] = [query.get('after_id'), query.get('before_id')];
  return {
    limit: countIn(query, 'limit', { usual: 20, most: 1000 }),
    ...(after === null ? {} : { after }),
    ...(before === null ? {} : { before }),
  };
}

function geminiPaging(query: URLSearchParams): Paging {
  const after = query.get('pageToken');
  return { limit: countIn(query, 'pageSize', { usual: 50, most: 1000 }), ...(after === null ? {} : { after }) };
}

/** In whose form a caller reads a list of models: paths are shared, Anthropic's clients tell by a header that all of them send. */
export function readerOf(dialect: ClientDialectName, headers: IncomingHttpHeaders): ClientDialectName {
  return headers['anthropic-version'] === undefined ? dialect : 'messages';
}
