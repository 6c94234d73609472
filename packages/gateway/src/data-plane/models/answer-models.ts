import type { IncomingHttpHeaders } from 'node:http';
import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import type { ClientDialectName } from '../../core/items.ts';
import type { Log } from '../../core/log.ts';
import type { Principal } from '../../identity/principal.ts';
import { type ListedModel, listModels } from './listed-models.ts';
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
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What a caller may ask for, in the form that its agent reads. Throws `model-unknown`. */
export function answerModels(question: ModelsQuestion, caller: Principal, snapshot: Snapshot): object {
  const models = listModels(caller, snapshot, question.nowMs);
  return question.model === undefined ? listOf(models, question) : oneOf(models, question.model, question.dialect);
}

function listOf(models: readonly ListedModel[], { dialect, query, log }: ModelsQuestion): object {
  switch (dialect) {
    case 'messages':
      return anthropicModelList(models, anthropicPaging(query));
    case 'gemini':
      return geminiModelList(models, geminiPaging(query));
    default: {
      const clientVersion = /^[\w.-]+$/.exec(query.get('client_version') ?? '')?.[0];
      return openAiModelList(models, { log, ...(clientVersion === undefined ? {} : { clientVersion }) });
    }
  }
}

function oneOf(models: readonly ListedModel[], name: string, dialect: ClientDialectName): object {
  const model = models.find((each) => each.name === name);
  if (!model) throw new Failure('model-unknown', `There is no model "${name}" here that you may use.`);
  if (dialect === 'messages') return anthropicModel(model);
  return dialect === 'gemini' ? geminiModel(model) : openAiModel(model);
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
