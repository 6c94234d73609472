import type { Api, ApiName, Metering, Method, ModelPlace, Operation } from './operation.ts';

/** The families of APIs. A path of one version stands for all of them: which one a provider has is in its base URL. */
export const apis: Readonly<Record<ApiName, Api>> = {
  openai: { speaks: ['responses', 'chat'], dialect: 'chat', version: '' },
  anthropic: { speaks: ['messages'], dialect: 'messages', version: '/v1' },
  google: { speaks: ['gemini'], dialect: 'gemini', version: '/v1beta' },
  cohere: { speaks: ['cohere'], dialect: 'chat', version: '/v2' },
};

/** What one path can be asked for: an operation's name by method. */
type Names = Partial<Readonly<Record<Method, string>>>;

interface Traits {
  readonly model: ModelPlace;
  readonly metering: Metering;
  readonly alsoIn?: readonly ApiName[];
}

/** Asked of a model that stands in the body, and metered as far as the answer tells. */
const ofModel: Traits = { model: 'body', metering: 'told' };
/** Asked of a model, for nothing. */
const uncharged: Traits = { model: 'body', metering: 'none' };
/** About things that lie at the provider. What they cost is not in the answer. */
const ofAccount: Traits = { model: 'none', metering: 'none' };

type Row = readonly [path: string, names: Names, traits: Traits];

/** https://platform.openai.com/docs/api-reference, and `rerank` as Jina, Voyage, vLLM and others have it beside OpenAI's paths. */
const openai: readonly Row[] = [
  ['/embeddings', { POST: 'embeddings' }, { model: 'body', metering: 'told-or-input' }],
  ['/completions', { POST: 'completions' }, { model: 'body', metering: 'told-or-text' }],
  ['/moderations', { POST: 'moderations' }, ofModel],
  ['/rerank', { POST: 'rerank' }, { ...ofModel, alsoIn: ['cohere'] }],
  ['/images/generations', { POST: 'images.generate' }, ofModel],
  ['/images/edits', { POST: 'images.edit' }, ofModel],
  ['/images/variations', { POST: 'images.vary' }, ofModel],
  ['/audio/speech', { POST: 'audio.speech' }, ofModel],
  ['/audio/transcriptions', { POST: 'audio.transcriptions' }, ofModel],
  ['/audio/translations', { POST: 'audio.translations' }, ofModel],
  ['/files', { POST: 'files.create', GET: 'files.list' }, ofAccount],
  ['/files/{file}', { GET: 'files.get', DELETE: 'files.delete' }, ofAccount],
  ['/files/{file}/content', { GET: 'files.content' }, ofAccount],
  ['/uploads', { POST: 'uploads.create' }, ofAccount],
  ['/uploads/{upload}/parts', { POST: 'uploads.add' }, ofAccount],
  ['/uploads/{upload}/complete', { POST: 'uploads.complete' }, ofAccount],
  ['/uploads/{upload}/cancel', { POST: 'uploads.cancel' }, ofAccount],
  ['/batches', { POST: 'batches.create', GET: 'batches.list' }, ofAccount],
  ['/batches/{batch}', { GET: 'batches.get' }, ofAccount],
  ['/batches/{batch}/cancel', { POST: 'batches.cancel' }, ofAccount],
  ['/vector_stores', { POST: 'vector-stores.create', GET: 'vector-stores.list' }, ofAccount],
  [
    '/vector_stores/{store}',
    { GET: 'vector-stores.get', POST: 'vector-stores.change', DELETE: 'vector-stores.delete' },
    ofAccount,
  ],
  ['/vector_stores/{store}/search', { POST: 'vector-stores.search' }, ofAccount],
  ['/vector_stores/{store}/files', { POST: 'vector-stores.add', GET: 'vector-stores.files' }, ofAccount],
  [
    '/vector_stores/{store}/files/{file}',
    { GET: 'vector-stores.file', POST: 'vector-stores.change-file', DELETE: 'vector-stores.remove' },
    ofAccount,
  ],
  ['/responses/{response}', { GET: 'responses.get', DELETE: 'responses.delete' }, ofAccount],
  ['/responses/{response}/cancel', { POST: 'responses.cancel' }, ofAccount],
  ['/responses/{response}/input_items', { GET: 'responses.input' }, ofAccount],
];

/** https://platform.claude.com/docs/en/api */
const anthropic: readonly Row[] = [
  ['/messages/count_tokens', { POST: 'tokens.count' }, uncharged],
  ['/messages/batches', { POST: 'batches.create', GET: 'batches.list' }, ofAccount],
  ['/messages/batches/{batch}', { GET: 'batches.get', DELETE: 'batches.delete' }, ofAccount],
  ['/messages/batches/{batch}/cancel', { POST: 'batches.cancel' }, ofAccount],
  ['/messages/batches/{batch}/results', { GET: 'batches.results' }, ofAccount],
  ['/files', { POST: 'files.create', GET: 'files.list' }, ofAccount],
  ['/files/{file}', { GET: 'files.get', DELETE: 'files.delete' }, ofAccount],
  ['/files/{file}/content', { GET: 'files.content' }, ofAccount],
];

/** https://ai.google.dev/api. Uploads are not here: Google answers them with an address of its own to send the file to. */
const google: readonly Row[] = [
  ['/models/{model}:countTokens', { POST: 'tokens.count' }, { ...uncharged, model: 'path' }],
  ['/models/{model}:embedContent', { POST: 'embeddings' }, { model: 'path', metering: 'told-or-input' }],
  ['/models/{model}:batchEmbedContents', { POST: 'embeddings' }, { model: 'path', metering: 'told-or-input' }],
  ['/models/{model}:predict', { POST: 'images.generate' }, { model: 'path', metering: 'told' }],
  ['/files', { GET: 'files.list' }, ofAccount],
  ['/files/{file}', { GET: 'files.get', DELETE: 'files.delete' }, ofAccount],
  ['/cachedContents', { POST: 'caches.create', GET: 'caches.list' }, ofAccount],
  ['/cachedContents/{cache}', { GET: 'caches.get', PATCH: 'caches.change', DELETE: 'caches.delete' }, ofAccount],
];

/** https://docs.cohere.com/reference */
const cohere: readonly Row[] = [
  ['/embed', { POST: 'embeddings' }, { model: 'body', metering: 'told-or-input' }],
  ['/rerank', { POST: 'rerank' }, ofModel],
];

const rows: Readonly<Record<ApiName, readonly Row[]>> = { openai, anthropic, google, cohere };

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What passes through, by API. A new operation is a row. */
export const operations: Readonly<Record<ApiName, readonly Operation[]>> = {
  openai: operationsOf('openai'),
  anthropic: operationsOf('anthropic'),
  google: operationsOf('google'),
  cohere: operationsOf('cohere'),
};

function operationsOf(api: ApiName): readonly Operation[] {
  return rows[api].flatMap(([path, names, traits]) =>
    methods.flatMap((method) => {
      const name = names[method];
      return name === undefined ? [] : [{ name, api, method, path, ...traits }];
    }),
  );
}
