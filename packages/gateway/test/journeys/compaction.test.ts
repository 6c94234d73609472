import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { readTold, type Told } from '../kit/ask.ts';
import { compacting, handOverOf, isCompaction, secretIn } from '../kit/compacting-script.ts';
import { testKey } from '../kit/gateway-process.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../kit/json-access.ts';
import type { Script } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { everyone, type House, openHouse } from './house.ts';

const models = {
  claude: 'claude-sonnet-4-5',
  gemini: 'gemini-3-flash-preview',
  chat: 'house-model',
  elsewhere: 'open-model',
  openai: 'gpt-5.5',
} as const;
type Name = keyof typeof models;
const foreign: readonly Name[] = ['claude', 'gemini', 'chat', 'elsewhere'];

const usage = { input: 9000, cached: 0, output: 300, reasoning: 0 };
const otherKey = 'vk-other-0123456789abcdef';

/** Overrides the script for one test. */
let special: Script | undefined;
const script: Script = (conversation) => ({
  usage,
  ...(special ?? compacting((each) => ({ text: `It is ${secretIn(each)}.` })))(conversation),
});

const upstreams = new Map<Name, ScriptedUpstream>();
let house: House;

beforeAll(async () => {
  const start = async (name: Name, dialect: ScriptedUpstream['dialect']) =>
    upstreams.set(name, await startUpstream({ dialect, script }));
  await start('claude', 'messages');
  await start('gemini', 'gemini');
  await start('chat', 'chat');
  await start('elsewhere', 'responses');
  await start('openai', 'responses');
  house = await openHouse(documentWith({}));
});

function documentWith(compaction: { by?: 'provider' | 'gateway'; model?: string }) {
  const keys = [{ value: 'sk-upstream' }];
  const at = (name: Name) => ({ base_url: upstreams.get(name)?.baseUrl ?? '', keys });
  return {
    compaction,
    providers: {
      claude: { kind: 'anthropic', ...at('claude') },
      gemini: { kind: 'gemini', ...at('gemini') },
      chat: { kind: 'openai-compatible', speaks: ['chat' as const], ...at('chat') },
      elsewhere: { kind: 'openai-compatible', speaks: ['responses' as const], ...at('elsewhere') },
      openai: { kind: 'openai', ...at('openai') },
    },
    models: {
      mixed: { targets: ['openai/gpt-5.5'], fallbacks: ['claude/claude-sonnet-4-5'] },
      pair: { targets: ['claude/claude-sonnet-4-5'], fallbacks: ['chat/house-model'] },
    },
    virtual_keys: [everyone, { name: 'other', value: otherKey }],
  };
}

beforeEach(() => {
  special = undefined;
  for (const upstream of upstreams.values()) upstream.complaints.splice(0);
});

afterAll(async () => {
  await house.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
});

const trigger = { type: 'compaction_trigger' };
const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const exec = {
  type: 'function',
  name: 'exec_command',
  parameters: { type: 'object', properties: { cmd: { type: 'string' } } },
};

/** A session in which a tool found out something that no message says. */
const session: readonly JsonObject[] = [
  { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are an agent.' }] },
  user('Find the secret, and never write it to a file.'),
  { type: 'function_call', call_id: 'call_1', name: 'exec_command', arguments: '{"cmd":"cat secret"}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'The secret is plum.' },
];

/** What Codex keeps of a session beside its compaction. */
function kept(history: readonly JsonObject[]): readonly JsonObject[] {
  return history.filter((item) => item['type'] === 'message' && item['role'] !== 'assistant');
}

interface Asked {
  readonly model: string;
  readonly input: readonly JsonObject[];
  readonly stream?: boolean;
  readonly key?: string;
  readonly path?: string;
}

async function post({ model, input, stream = true, key = testKey, path = '/responses' }: Asked): Promise<Told> {
  const answer = await fetch(`${house.origin}/openai/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, originator: 'codex_exec' },
    body: JSON.stringify({ model, store: false, input, tools: [exec], ...(path === '/responses' ? { stream } : {}) }),
  });
  return readTold(answer);
}

function doneItems({ payloads }: Told): readonly JsonObject[] {
  return payloads.flatMap((event) => (event['type'] === 'response.output_item.done' ? [objectAt(event, 'item')] : []));
}

/** The one item that Codex accepts. */
function compactionIn(told: Told): JsonObject {
  expect({ status: told.status, text: told.text.slice(0, 500) }).toMatchObject({ status: 200 });
  const items = doneItems(told);
  expect(items).toEqual([
    { type: 'compaction', id: expect.stringMatching(/^cmp_\w+$/), encrypted_content: expect.any(String) },
  ]);
  expect(told.payloads.at(-1)).toMatchObject({ type: 'response.completed', response: { output: items } });
  return items[0] ?? {};
}

function textIn(told: Told): string {
  return doneItems(told)
    .flatMap((item) => objectsAt(item, 'content').map((part) => textAt(part, 'text')))
    .join('');
}

async function compacted(model: string, history: readonly JsonObject[]): Promise<JsonObject> {
  return compactionIn(await post({ model, input: [...history, trigger] }));
}

/** How the four dialects say that no tool may be called. */
const forbidden = /"tool_choice":("none"|\{"type":"none"\})|"mode":"NONE"/;
const lastRecord = () => house.records.at(-1);
const upstream = (name: Name) => upstreams.get(name) ?? expect.fail(`no upstream ${name}`);
const modelOf = (name: Name) => `${name}/${models[name]}`;

describe.each(foreign)('a session with %s', (name) => {
  const model = modelOf(name);

  it('is compacted twice, and the model still knows what a tool found out before', async () => {
    const first = await compacted(model, session);
    expect(textAt(first, 'encrypted_content')).toMatch(/^~tpc1\./);
    expect(JSON.stringify(first)).not.toContain('plum');
    const second = [...kept(session), first, user('What is the secret?')];
    expect(textIn(await post({ model, input: second }))).toBe('It is plum.');

    const again = await compacted(model, [...second, { ...user('It is plum.'), role: 'assistant', content: 'Fine.' }]);
    const third = [...kept(second), again, user('And what is it now?')];
    const told = await post({ model, input: third });
    expect(textIn(told)).toBe('It is plum.');

    expect(upstream(name).complaints).toEqual([]);
    const bodies = JSON.stringify(upstream(name).requests.map((request) => request.body));
    expect(bodies).not.toMatch(/~tp|compaction_trigger/);
  });

  it('is charged and recorded as what it is', async () => {
    const told = await post({ model, input: [...session, trigger] });
    compactionIn(told);
    const response = objectAt(told.payloads.at(-1), 'response');
    expect(numberAt(objectAt(response, 'usage'), 'input_tokens')).toBe(9000);
    expect(lastRecord()).toMatchObject({
      requestKind: 'compaction',
      outcome: 'done',
      lane: 'translate',
      model: models[name],
      usage: { inputTokens: 9000, outputTokens: 300 },
    });
  });

  it('sends the history as it was, so that prompt caches hold, and forbids tools only to a model that called one', async () => {
    await compacted(model, session);
    const [asked] = upstream(name).requests.slice(-1);
    expect(asked?.conversation.tools.map((tool) => tool.wireName)).toEqual(['exec_command']);
    expect(JSON.stringify(asked?.conversation.turns)).toContain('The secret is plum.');
    expect(JSON.stringify(asked?.body)).not.toMatch(forbidden);

    special = (conversation) => {
      const [latest] = upstream(name).requests.slice(-1);
      const before = latest === asked;
      return before ? { text: 'Sure.', calls: [{ name: 'exec_command', input: {} }] } : handOverOf(conversation);
    };
    await compacted(model, session);
    expect(JSON.stringify(upstream(name).requests.at(-1)?.body)).toMatch(forbidden);
    expect(lastRecord()).toMatchObject({ outcome: 'done', attempts: [{ failure: { code: 'upstream-error' } }, {}] });
  });

  it('is compacted for a client that takes JSON', async () => {
    const { status, payloads } = await post({ model, input: [...session, trigger], stream: false });
    expect(status).toBe(200);
    expect(payloads[0]).toMatchObject({ status: 'completed', output: [{ type: 'compaction' }] });
  });

  it.each([
    ['a summary that was cut off', { text: 'Handed ov', stop: 'length' }, 'cut off before it was complete'],
    ['a model that has nothing to say', { text: '  \n' }, 'gave no summary'],
  ] as const)('is not broken by %s: Codex tries again', async (_, answer, words) => {
    special = () => answer;
    const told = await post({ model, input: [...session, trigger] });
    expect(doneItems(told)).toEqual([]);
    expect(told.payloads.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { error: { code: 'server_error', message: expect.stringContaining(words) } },
    });
    expect(lastRecord()).toMatchObject({ outcome: 'failed', failure: { code: 'upstream-error' } });
  });

  it('gives the replacing history to the older call', async () => {
    const { status, payloads } = await post({ model, input: session, path: '/responses/compact' });
    expect(status).toBe(200);
    expect(payloads[0]).toMatchObject({
      object: 'response.compaction',
      output: [user('Find the secret, and never write it to a file.'), { type: 'compaction' }],
      usage: { input_tokens: 9000, output_tokens: 300 },
    });
    expect(lastRecord()).toMatchObject({ requestKind: 'compaction', outcome: 'done', usage: { inputTokens: 9000 } });
    const output = objectsAt(payloads[0], 'output');
    expect(textIn(await post({ model, input: [...output, user('What is the secret?')] }))).toBe('It is plum.');
  });

  it('tells a history that another provider has condensed from its own', async () => {
    const input = [
      ...kept(session),
      { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAAAxyz' },
      user('Go on.'),
    ];
    const { status, text } = await post({ model, input });
    expect(status).toBe(400);
    expect(text).toContain('Switch back to the model or key that the session had then, or start a new session.');
  });
});

describe('what the user wrote', () => {
  const model = modelOf('claude');
  const handOver = () => JSON.stringify(upstream('claude').requests.at(-1)?.conversation.turns);

  it('is told again, word for word, to a session that did not keep it', async () => {
    const item = await compacted(model, session);
    await post({ model, input: [item, user('What is the secret?')] });
    expect(handOver()).toContain('Find the secret, and never write it to a file.');
    const twice = await compacted(model, [item, user('What is the secret?')]);
    await post({ model, input: [twice, user('Go on.')] });
    expect(handOver()).toMatch(/Find the secret, and never write it to a file[^]*What is the secret\?[^]*Go on/);
  });

  it('is not told twice to one that did', async () => {
    const item = await compacted(model, session);
    await post({ model, input: [...kept(session), item, user('What is the secret?')] });
    expect(handOver().split('Find the secret').length).toBe(2);
  });

  it('begins later where it is too long', async () => {
    const long = [user('first words'), user(`middle ${'x'.repeat(70_000)}`), user(`last ${'y'.repeat(20_000)}`)];
    const item = await compacted(model, [...long, ...session.slice(2)]);
    await post({ model, input: [item, user('Go on.')] });
    expect(handOver()).toContain('last yyyy');
    expect(handOver()).not.toMatch(/middle xxx|first words/);
  });
});

describe('a compaction', () => {
  it('cannot be read with another key, nor when it was changed', async () => {
    const model = modelOf('claude');
    const item = await compacted(model, session);
    const input = [...kept(session), item, user('What is the secret?')];
    const other = await post({ model, input, key: otherKey });
    expect({ status: other.status, told: other.text.includes('for another key') }).toEqual({ status: 400, told: true });
    const sealed = textAt(item, 'encrypted_content');
    const damaged = { ...item, encrypted_content: sealed.slice(0, -8) + 'AAAAAAAA' };
    expect((await post({ model, input: [damaged, user('And?')] })).status).toBe(400);
    const atOpenAi = await post({ model: modelOf('openai'), input, key: otherKey });
    expect({ status: atOpenAi.status, told: atOpenAi.text.includes('for another key') }).toEqual({
      status: 400,
      told: true,
    });
  });

  it('goes on with any other provider', async () => {
    const item = await compacted(modelOf('claude'), session);
    const input = [...kept(session), item, user('What is the secret?')];
    for (const name of ['gemini', 'chat', 'elsewhere', 'openai'] as const) {
      expect({ name, text: textIn(await post({ model: modelOf(name), input })) }).toEqual({
        name,
        text: 'It is plum.',
      });
      expect(upstream(name).complaints).toEqual([]);
    }
  });

  it('is written by the next deployment where the first one’s is cut off', async () => {
    special = (conversation) =>
      isCompaction(conversation) && conversation.model === models.claude
        ? { text: 'Handed ov', stop: 'length' }
        : compacting((each) => ({ text: `It is ${secretIn(each)}.` }))(conversation);
    const item = await compacted('pair', session);
    expect(lastRecord()).toMatchObject({ provider: 'chat', attempts: [{ failure: { code: 'upstream-error' } }, {}] });
    special = undefined;
    expect(textIn(await post({ model: 'pair', input: [item, user('And?')] }))).toBe('It is plum.');
  });
});

describe('at OpenAI', () => {
  const model = modelOf('openai');

  it('the provider condenses by itself, and its item passes untouched both ways', async () => {
    const item = await compacted(model, session);
    expect(textAt(item, 'encrypted_content')).toMatch(/^gAAAAA/);
    expect(lastRecord()).toMatchObject({ lane: 'express', requestKind: 'compaction', usage: { inputTokens: 9000 } });
    const told = await post({ model, input: [...kept(session), item, user('What is the secret?')] });
    expect(textIn(told)).toBe('It is plum.');
    expect(lastRecord()).toMatchObject({ lane: 'express' });
    expect(upstream('openai').complaints).toEqual([]);
  });

  it('a session that we condensed before is condensed by the provider from then on', async () => {
    const ours = await compacted(modelOf('claude'), session);
    const theirs = await compacted(model, [...kept(session), ours, user('What is the secret?')]);
    expect(textAt(theirs, 'encrypted_content')).toMatch(/^gAAAAA/);
    expect(lastRecord()).toMatchObject({ lane: 'translate', requestKind: 'compaction' });
    expect(textIn(await post({ model, input: [theirs, user('And?')] }))).toBe('It is plum.');
  });

  it('the gateway condenses where the session may lead to somebody else', async () => {
    const item = await compacted('mixed', session);
    expect(textAt(item, 'encrypted_content')).toMatch(/^~tpc1\./);
    expect(textIn(await post({ model: 'mixed', input: [item, user('And?')] }))).toBe('It is plum.');
  });
});

describe('the configuration', () => {
  it('may have the gateway condense everywhere', async () => {
    await house.replace(documentWith({ by: 'gateway' }));
    const item = await compacted(modelOf('openai'), session);
    expect(textAt(item, 'encrypted_content')).toMatch(/^~tpc1\./);
    expect(textIn(await post({ model: modelOf('chat'), input: [item, user('And?')] }))).toBe('It is plum.');
    await house.replace(documentWith({}));
  });

  it('may name the model that writes the summaries, and the session’s own helps out', async () => {
    await house.replace(documentWith({ model: 'chat/house-model' }));
    const item = await compacted(modelOf('claude'), session);
    expect(lastRecord()).toMatchObject({ modelAsked: modelOf('claude'), provider: 'chat', model: 'house-model' });
    special = (conversation) =>
      conversation.model === models.chat ? { text: '' } : compacting(() => ({}))(conversation);
    await compacted(modelOf('claude'), [item, user('More.')]);
    expect(lastRecord()).toMatchObject({ provider: 'claude' });
    await house.replace(documentWith({}));
  });
});
