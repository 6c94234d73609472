import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grammarFaults } from '../../../test/kit/reply-grammar.ts';
import { recordingsDir } from '../../../test/kit/shared-data.ts';
import type { Reply, ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Tool } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { chat } from './index.ts';
import { nameRules } from './tool-encoder.ts';

const tools: readonly Tool[] = [
  { type: 'custom', name: 'apply_patch' },
  { type: 'namespace', name: 'mcp__files', tools: [{ type: 'function', name: 'read' }] },
];
const context = {
  tools: createToolTable({ model: 'm', stream: true, items: [], tools }, nameRules),
  issuer: 'vendor',
};

function decode(lines: readonly string[]): readonly ReplyEvent[] {
  const decoder = chat.createReplyDecoder(context);
  const events = lines.flatMap((line) => decoder.push({ event: undefined, data: Buffer.from(line) }));
  return [...events, ...decoder.end()];
}

function observe(lines: readonly string[]) {
  const observer = chat.createObserver();
  for (const line of lines) observer.push({ event: undefined, data: Buffer.from(line) });
  return observer.seen;
}

function chunk(delta: JsonObject, finish: string | null = null, beside: JsonObject = {}): string {
  return JSON.stringify({ id: 'x1', model: 'm1', choices: [{ index: 0, delta, finish_reason: finish }], ...beside });
}

function call(index: number | undefined, id: string | undefined, name: string | undefined, args: unknown): JsonObject {
  const body = { ...(name === undefined ? {} : { name }), arguments: args };
  return JSON.parse(JSON.stringify({ index, id, type: 'function', function: body }));
}

const done = '[DONE]';

function whole(lines: readonly string[]): Reply {
  const events = decode(lines);
  expect(grammarFaults(events)).toEqual([]);
  const reply = foldReply(events);
  if (reply instanceof Failure) throw reply;
  return reply;
}

function failed(lines: readonly string[]): Failure {
  const events = decode(lines);
  expect(grammarFaults(events)).toEqual([]);
  const last = events.at(-1);
  if (last?.type !== 'reply-failed') throw new Error('did not fail');
  expect(observe(lines).terminal).toMatchObject({ code: last.failure.code });
  return last.failure;
}

function callsOf(lines: readonly string[]) {
  return whole(lines).items.flatMap((item) =>
    item.type === 'tool-call' ? [[item.callId, item.tool.name, item.input]] : [],
  );
}

describe('calls come out whole, whatever a vendor does to them', () => {
  it('by the book: arguments in pieces, calls interleaved by index', () => {
    const lines = [
      chunk({ tool_calls: [call(0, 'a', 'f', '')] }),
      chunk({ tool_calls: [call(1, 'b', 'g', '{"y"')] }),
      chunk({ tool_calls: [call(0, undefined, undefined, '{"x":1}'), call(1, undefined, undefined, ':2}')] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    expect(callsOf(lines)).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{"y":2}'],
    ]);
  });

  it('without index, id and name repeated in every piece', () => {
    const lines = [
      chunk({ tool_calls: [call(undefined, 'a', 'f', '{"x"')] }),
      chunk({ tool_calls: [call(undefined, 'a', 'f', ':1}')] }),
      chunk({ tool_calls: [call(undefined, 'b', 'f', '{}')] }),
      chunk({}, 'tool_calls'),
    ];
    expect(callsOf(lines)).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'f', '{}'],
    ]);
  });

  it('all parallel calls at index 0 with ids of their own', () => {
    const lines = [
      chunk({ tool_calls: [call(0, 'a', 'f', '')] }),
      chunk({ tool_calls: [call(0, undefined, undefined, '{"x":1}')] }),
      chunk({ tool_calls: [call(0, 'b', 'f', '')] }),
      chunk({ tool_calls: [call(0, undefined, undefined, '{"x":2}')] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    expect(callsOf(lines)).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'f', '{"x":2}'],
    ]);
  });

  it('missing and repeated ids become unique ones that stay the same when the answer is read again', () => {
    const lines = [
      chunk({ tool_calls: [call(0, '', 'f', '{"x":1}'), call(0, '', 'f', '{"x":2}'), call(1, 'a', 'g', '{}')] }),
      chunk({ tool_calls: [call(2, 'a', 'g', '{}')] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    const ids = callsOf(lines).map(([id]) => id);
    expect(new Set(ids).size).toBe(4);
    expect(callsOf(lines).map(([id]) => id)).toEqual(ids);
    const other = lines.map((line) => line.replace('"x1"', '"x2"'));
    expect(callsOf(other)[0]?.[0]).not.toBe(ids[0]);
  });

  it('arguments as an object, none at all, and a name that comes late', () => {
    const lines = [
      chunk({ tool_calls: [call(0, 'a', 'f', { x: [1] })] }),
      chunk({ tool_calls: [call(1, 'b', 'g', '')] }),
      chunk({ tool_calls: [call(2, 'c', undefined, '{"z"')] }),
      chunk({ tool_calls: [call(2, undefined, 'h', ':3}')] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    expect(callsOf(lines)).toEqual([
      ['a', 'f', '{"x":[1]}'],
      ['b', 'g', '{}'],
      ['c', 'h', '{"z":3}'],
    ]);
  });

  it('the old function_call form', () => {
    const lines = [
      chunk({ function_call: { name: 'f', arguments: '{"x"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
      chunk({}, 'function_call'),
      done,
    ];
    expect(callsOf(lines).map(([, ...rest]) => rest)).toEqual([['f', '{"x":1}']]);
  });

  it('a namespaced tool gets its full name back', () => {
    const lines = [chunk({ tool_calls: [call(0, 'a', 'mcp__files__read', '{}')] }), chunk({}, 'tool_calls'), done];
    expect(whole(lines).items).toMatchObject([{ tool: { name: 'read', namespace: 'mcp__files' } }]);
  });
});

describe('freeform tools', () => {
  it('told as a function, stream as plain text', () => {
    const args = JSON.stringify({ input: '*** Begin "Patch"\n+ ü 😀\n' });
    const pieces = Array.from(args, (char) => chunk({ tool_calls: [call(0, undefined, undefined, char)] }));
    const lines = [chunk({ tool_calls: [call(0, 'a', 'apply_patch', '')] }), ...pieces, chunk({}, 'tool_calls'), done];
    expect(whole(lines).items).toMatchObject([{ kind: 'custom', input: '*** Begin "Patch"\n+ ü 😀\n' }]);
    expect(decode(lines).filter(({ type }) => type === 'input-delta').length).toBeGreaterThan(10);
  });

  it.each([
    ['another argument name', '{"patch":"abc"}', 'abc'],
    ['plain text', '*** Begin Patch', '*** Begin Patch'],
    ['cut in the middle', '{"input":"abc', 'abc'],
    ['a second input that differs', '{"input":"abc","input":"xyz"}', 'abc'],
  ])('survive a model that writes %s', (_name, args, input) => {
    const lines = [chunk({ tool_calls: [call(0, 'a', 'apply_patch', args)] }), chunk({}, 'tool_calls'), done];
    expect(whole(lines).items).toMatchObject([{ kind: 'custom', input }]);
  });

  it('of the vendor itself come as they are', () => {
    const lines = [
      chunk({ tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'apply_patch', input: '' } }] }),
      chunk({ tool_calls: [{ index: 0, custom: { input: '{"input":"x"}' } }] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    expect(whole(lines).items).toMatchObject([{ kind: 'custom', input: '{"input":"x"}' }]);
  });
});

describe('thoughts', () => {
  it.each(['reasoning_content', 'reasoning'])('in %s become a summary before the text', (field) => {
    const lines = [
      chunk({ [field]: 'Hm' }),
      chunk({ [field]: ', yes.' }),
      chunk({ content: 'Yes' }),
      chunk({}, 'stop'),
    ];
    expect(whole(lines).items).toEqual([
      { type: 'reasoning', summary: ['Hm, yes.'], seal: { issuer: 'vendor', data: null } },
      { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Yes' }] },
    ]);
  });

  it('in the content array of Mistral', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] };
    const lines = [
      chunk({ content: [thinking] }),
      chunk({ content: [{ type: 'text', text: 'Yes' }] }),
      chunk({}, 'stop'),
    ];
    expect(whole(lines).items).toMatchObject([{ summary: ['Hm'] }, { parts: [{ text: 'Yes' }] }]);
  });

  it('with a signature are sealed for their issuer, pieces put together', () => {
    const detail = { type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1' };
    const lines = [
      chunk({ reasoning: 'Hm', reasoning_details: [{ ...detail, text: 'Hm' }] }),
      chunk({ reasoning: '.', reasoning_details: [{ ...detail, text: '.' }] }),
      chunk({ reasoning_details: [{ ...detail, signature: 'sig' }] }),
      chunk({ tool_calls: [call(0, 'a', 'f', '{}')] }),
      chunk({}, 'tool_calls'),
      done,
    ];
    const data = { reasoning_details: [{ ...detail, text: 'Hm.', signature: 'sig' }] };
    expect(whole(lines).items[0]).toEqual({ type: 'reasoning', summary: ['Hm.'], seal: { issuer: 'vendor', data } });
  });
});

describe('the end', () => {
  const text = chunk({ content: 'Hi' });

  it('reads usage beside, after and inside of the last chunk, and from Groq', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
    const expected = { inputTokens: 9, outputTokens: 2, cachedInputTokens: 4 };
    const after = JSON.stringify({ id: 'x1', choices: [], usage });
    for (const ending of [
      [chunk({}, 'stop', { usage })],
      [chunk({}, 'stop'), after],
      [chunk({}, 'stop', { x_groq: { usage } })],
    ]) {
      const lines = [text, ...ending, done];
      expect(whole(lines).usage).toMatchObject(expected);
      expect(observe(lines)).toMatchObject({ semantic: true, terminal: 'done', closed: true, usage: expected });
    }
  });

  it('counts reasoning into the output where a vendor counts it beside', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    expect(whole([text, chunk({}, 'stop', { usage }), done]).usage).toMatchObject({
      outputTokens: 25,
      reasoningTokens: 20,
    });
  });

  it.each([
    ['stop', 'complete', 'done'],
    ['length', 'max-output-tokens', 'incomplete'],
    ['content_filter', 'content-filter', 'incomplete'],
    ['something_new', 'other', 'done'],
  ])('finish reason %s means %s', (finish, stop, terminal) => {
    expect(whole([text, chunk({}, finish)]).stop).toBe(stop);
    expect(observe([text, chunk({}, finish)]).terminal).toBe(terminal);
  });

  it('comes with the mark where no finish reason was given, and nothing follows it', () => {
    expect(whole([text, done, text, done]).items).toHaveLength(1);
    expect(observe([text, done])).toMatchObject({ terminal: 'done', closed: true });
  });

  it('without finish reason and mark is a cut', () => {
    const last = decode([text]).at(-1);
    expect(last).toMatchObject({ type: 'reply-failed', failure: { code: 'upstream-cut' } });
    expect(observe([text]).terminal).toBeUndefined();
  });

  it.each([
    [
      'an error chunk',
      JSON.stringify({ error: { message: 'no room', code: 'server_is_overloaded' } }),
      'upstream-overloaded',
    ],
    ['an error with a status', JSON.stringify({ error: { message: 'slow down', code: 429 } }), 'upstream-rate-limited'],
    ['a text as error', JSON.stringify({ error: 'it broke' }), 'upstream-error'],
    ['an old error object', JSON.stringify({ object: 'error', message: 'bad', code: 503 }), 'upstream-overloaded'],
    ['finish reason error', chunk({}, 'error'), 'upstream-error'],
    ['a finish reason for lack of room', chunk({}, 'insufficient_system_resource'), 'upstream-overloaded'],
  ])('%s fails the answer once, at any place', (_name, line, code) => {
    expect(failed([line, done]).code).toBe(code);
    expect(failed([text, text, line, text, done]).code).toBe(code);
  });

  it('a frame that is not JSON fails the answer', () => {
    expect(failed(['<html>busy</html>', done]).code).toBe('upstream-garbled');
  });
});

it('keeps citations with the message for callers of the same dialect', () => {
  const lines = [chunk({ content: 'Yes[1]' }, null, { citations: ['https://a.example'] }), chunk({}, 'stop')];
  expect(whole(lines).items).toMatchObject([
    { extra: { dialect: 'chat', fields: { citations: ['https://a.example'] } } },
  ]);
});

const skip = recordingsDir === undefined ? ' (skipped: no recordings)' : '';

describe.skipIf(recordingsDir === undefined)(`true answers of vendors${skip}`, () => {
  const dir = recordingsDir ?? '';
  const folders = [
    'alibaba',
    'deepseek/chat',
    'groq',
    'mistral',
    'moonshotai',
    'openai/chat',
    'openai-compatible/chat',
    'perplexity',
    'xai',
  ];
  const inFolders = folders.flatMap((folder) =>
    recordingsDir === undefined ? [] : readdirSync(join(dir, folder)).map((name) => `${folder}/${name}`),
  );
  const names = ['azure/azure-deepseek-reasoning.1.chunks.txt', ...inFolders];

  it.each(names.filter((name) => name.endsWith('.chunks.txt')))('%s comes whole, as the observer saw it', (name) => {
    const lines = readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean);
    const reply = whole(lines);
    const raw = rawWords(lines);
    expect(wordsOf(reply)).toEqual({ ...raw, input: raw.input === '' && name.includes('tool') ? '{}' : raw.input });
    expect(reply.usage?.outputTokens).toBeGreaterThan(0);
    expect(observe(lines)).toMatchObject({
      semantic: true,
      terminal: 'done',
      usage: reply.usage,
      replyId: reply.id,
      model: reply.model,
    });
  });

  it.each(names.filter((name) => name.endsWith('.json')))('%s comes through by the grammar', (name) => {
    const body = parseJson(readFileSync(join(dir, name), 'utf8'));
    const events = isJsonObject(body) ? chat.decodeReply(body, context) : [];
    expect(grammarFaults(events)).toEqual([]);
    const isError = isJsonObject(body) && body['error'] !== undefined;
    expect(events.at(-1)?.type).toBe(isError ? 'reply-failed' : 'reply-done');
    expect(events.some(({ type }) => type === 'item-done')).toBe(!isError);
  });
});

function wordsOf(reply: Reply) {
  const words = { text: '', input: '', thought: '' };
  for (const item of reply.items) {
    if (item.type === 'message') for (const part of item.parts) words.text += part.type === 'text' ? part.text : '';
    else if (item.type === 'tool-call') words.input += item.input;
    else if (item.type === 'reasoning') words.thought += item.summary.join('');
  }
  return words;
}

/** Reads the recorded lines in the plainest way, apart from the decoder. */
function rawWords(lines: readonly string[]) {
  const words = { text: '', input: '', thought: '' };
  for (const line of lines) {
    for (const { delta } of JSON.parse(line).choices ?? []) {
      const parts = Array.isArray(delta.content) ? delta.content : [{ type: 'text', text: delta.content ?? '' }];
      for (const part of parts) {
        if (part.type === 'thinking') words.thought += part.thinking[0].text;
        else words.text += part.text;
      }
      words.thought += delta.reasoning_content ?? '';
      for (const entry of delta.tool_calls ?? []) words.input += entry.function.arguments;
    }
  }
  return words;
}
