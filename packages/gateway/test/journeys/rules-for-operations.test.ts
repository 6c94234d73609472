import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { parseJson } from '../../src/core/json.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { everyone, type House, openHouse } from './house.ts';
import { type OperationsVendor, startOperationsVendor } from './operations-vendor.ts';

type RuleEntries = NonNullable<Document['rules']>;

const narrow = { name: 'narrow', value: 'sk-narrow-0123456789', models: ['vectors'] };
let far: OperationsVendor;
let near: OperationsVendor;
let house: House | undefined;

beforeEach(async () => {
  [far, near] = await Promise.all([startOperationsVendor(), startOperationsVendor()]);
});

afterEach(async () => {
  await house?.stop();
  await Promise.all([far.stop(), near.stop()]);
  house = undefined;
});

async function open(rules: RuleEntries, more: Document = {}): Promise<void> {
  const entry = (vendor: OperationsVendor) => ({ kind: 'openai' as const, base_url: `${vendor.origin}/v1` });
  house = await openHouse({
    providers: {
      openai: { ...entry(far), keys: [{ value: 'sk-far' }] },
      local: { ...entry(near), keys: [{ value: 'sk-near' }], tags: ['eu'] },
      claude: { kind: 'anthropic', base_url: near.origin, keys: [{ value: 'sk-claude' }] },
    },
    models: {
      vectors: { targets: ['openai/v', { group: 'close', targets: ['local/v'] }] },
      words: { targets: ['claude/m'] },
    },
    virtual_keys: [everyone, narrow],
    rules,
    ...more,
  });
}

interface Answered {
  readonly status: number;
  readonly message: string;
  readonly record: ExchangeRecord | undefined;
  /** Who was asked, and for what. */
  readonly asked: readonly string[];
}

async function send(path: string, body?: object | FormData, headers: Record<string, string> = {}): Promise<Answered> {
  const [farBefore, nearBefore] = [far.seen.length, near.seen.length];
  const isJson = body !== undefined && !(body instanceof FormData);
  const answer = await fetch((house?.origin ?? '') + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${testKey}`,
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: isJson ? JSON.stringify(body) : body } : {}),
  });
  const text = await answer.text();
  const record = await house?.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
  return {
    status: answer.status,
    message: answer.ok ? '' : textAt(objectAt(parseJson(text), 'error'), 'message'),
    record,
    asked: [...callsTo('far', far, farBefore), ...callsTo('near', near, nearBefore)],
  };
}

function callsTo(name: string, { seen }: OperationsVendor, before: number): readonly string[] {
  const modelIn = (body: Buffer) => /"model":"([^"]*)"/.exec(body.toString())?.[1] ?? '';
  return seen.slice(before).map(({ url, body }) => `${name} ${url} ${modelIn(body)}`.trim());
}

function upload(): FormData {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob(['{}\n']), 'lines.jsonl');
  return form;
}

const vectors = { model: 'vectors', input: 'a' };

describe('a rule for other operations than answers', () => {
  it('refuses by what is asked for, by whom and of which model', async () => {
    await open([
      {
        name: 'no files',
        when: 'operation.startsWith("files.") && key.name == "everyone"',
        do: { refuse: 'No files.' },
      },
      { name: 'no pictures', when: 'operation == "images.generate" && model == "openai/draw"', do: { refuse: 'No.' } },
    ]);
    for (const refused of [
      await send('/openai/v1/files', upload()),
      await send('/providers/openai/v1/files'),
      await send('/v1/images/generations', { model: 'openai/draw', prompt: 'a' }),
      await send('/providers/openai/v1/images/generations', { model: 'draw', prompt: 'a' }),
    ])
      expect(refused).toMatchObject({ status: 403, asked: [], record: { failure: { code: 'rule-refused' } } });
    expect((await send('/openai/v1/files', upload())).message).toBe('No files.');
    expect((await send('/v1/embeddings', vectors)).asked).toEqual(['far /v1/embeddings v']);
  });

  it('leads to another model, where its caller may ask for the one that it names', async () => {
    await open([{ name: 'cheap', when: 'operation == "embeddings"', do: { model: 'local/small' } }]);
    const { status, asked, record } = await send('/v1/embeddings', vectors);
    expect([status, asked]).toEqual([200, ['near /v1/embeddings small']]);
    expect(record).toMatchObject({
      operation: 'embeddings',
      modelAsked: 'vectors',
      provider: 'local',
      route: { names: [{ from: 'vectors', to: 'local/small', by: 'rule' }], rules: [{ name: 'cheap' }] },
    });
    const authorization = `Bearer ${narrow.value}`;
    expect((await send('/v1/embeddings', vectors, { authorization })).asked).toEqual(['near /v1/embeddings small']);
    expect((await send('/providers/openai/v1/embeddings', vectors)).asked).toEqual(['near /v1/embeddings small']);
    const forbidden = await send('/v1/embeddings', { ...vectors, model: 'openai/other' }, { authorization });
    expect(forbidden).toMatchObject({ status: 403, asked: [], record: { failure: { code: 'model-forbidden' } } });
  });

  it('never leads to a provider that has no such operation', async () => {
    await open([{ name: 'words', when: 'true', do: { model: 'words' } }]);
    const { status, message, asked } = await send('/v1/embeddings', vectors);
    expect([status, message, asked]).toEqual([404, 'The provider of "words" has nothing at /embeddings.', []]);
  });

  it('keeps to a group, adds fallbacks and leaves out what is no use here', async () => {
    await open([
      {
        name: 'close',
        when: 'model == "vectors"',
        do: { group: 'close', fallbacks: ['words', 'openai/spare'], parameters: { temperature: 0 } },
      },
    ]);
    near.answerWith({ status: 503, body: '{"error":{"message":"busy","type":"server_error"}}' });
    const { asked, record } = await send('/v1/embeddings', vectors);
    expect(asked.includes('far /v1/embeddings spare')).toBe(true);
    expect(asked.filter((each) => each.startsWith('far'))).toHaveLength(1);
    expect(record?.route).toMatchObject({
      rules: [{ name: 'close', did: ['group close', 'fallbacks words, openai/spare'] }],
      excluded: [{ provider: 'openai', model: 'v', why: 'group' }],
    });
    expect(await send('/v1/embeddings', { ...vectors, model: 'openai/v' })).toMatchObject({ status: 200 });
  });

  it('demands labels, also where no model is named', async () => {
    await open([{ name: 'eu', when: 'true', do: { require_tags: ['eu'], model: 'vectors' }, chain: true }]);
    expect((await send('/v1/embeddings', { ...vectors, model: 'openai/v' })).asked).toEqual(['near /v1/embeddings v']);
    const kept = await send('/providers/openai/v1/files', upload());
    expect(kept).toMatchObject({ status: 403, asked: [] });
    expect(kept.record?.route?.rules).toEqual([{ name: 'eu', did: ['require tags eu'] }]);
    expect((await send('/providers/local/v1/files', upload())).asked).toEqual(['near /v1/files']);
  });

  it('in shadow mode is only written down', async () => {
    await open([{ name: 'shy', when: 'model == "" && input_tokens == 0', do: { refuse: 'No.' }, mode: 'shadow' }]);
    const { status, record } = await send('/providers/openai/v1/files', upload());
    expect([status, record?.route?.rules]).toEqual([200, [{ name: 'shy', shadow: true, did: ['refuse'] }]]);
  });

  it('knows of budgets, and is asked once where tokens are counted', async () => {
    await open([{ name: 'spent', when: 'budget_used >= 1.0 && operation != "answer"', do: { refuse: 'Spent.' } }], {
      budgets: [{ id: 'none', scope: { key: 'everyone' }, dollars: 0, mode: 'shadow' }],
    });
    expect((await send('/v1/embeddings', vectors)).message).toBe('Spent.');
    await house?.stop();
    await open([{ name: 'seen', when: 'operation == "tokens.count"', do: { fallbacks: ['vectors'] } }]);
    const { record } = await send('/anthropic/v1/messages/count_tokens', {
      model: 'words',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(record?.route?.rules).toEqual([{ name: 'seen', did: ['fallbacks vectors'] }]);
  });
});
