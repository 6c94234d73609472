import { describe, expect, it } from 'vitest';
import type { Reply } from '../../core/events.ts';
import type { CanonicalRequest, Tool } from '../../core/items.ts';
import { demoCommand } from './demo-call.ts';
import { demoReply } from './demo-reply.ts';

const question: CanonicalRequest['items'][number] = {
  type: 'message',
  role: 'user',
  parts: [
    { type: 'text', text: 'context' },
    { type: 'text', text: 'say hi' },
  ],
};
const ask = (more: Partial<CanonicalRequest>): Reply =>
  demoReply({ model: 'm', stream: true, items: [question], tools: [], ...more }, 400, (prefix) => `${prefix}1`);
const textOf = (reply: Reply): string =>
  reply.items
    .flatMap((item) => (item.type === 'message' ? item.parts : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
const callOf = (reply: Reply) => reply.items.find((item) => item.type === 'tool-call');
const shell = (name: string, properties: Record<string, { type: string }>, required: readonly string[]): Tool => ({
  type: 'function',
  name,
  schema: { type: 'object', properties, required },
});

describe('demoReply', () => {
  it('says that it is a demo, quotes the question and tells how to get a real model', () => {
    const reply = ask({});
    expect(textOf(reply)).toContain("This is Turnpike's demo model");
    expect(textOf(reply)).toContain('> say hi');
    expect(textOf(reply)).not.toContain('> context');
    expect(textOf(reply)).toContain('OPENAI_API_KEY');
    expect(reply.stop).toBe('complete');
    expect(reply.usage?.inputTokens).toBe(100);
    expect(reply.usage?.outputTokens).toBeGreaterThan(20);
  });

  it.each([
    ['exec_command of Codex', shell('exec_command', { cmd: { type: 'string' } }, ['cmd']), { cmd: demoCommand }],
    [
      'a shell that wants more',
      shell('Bash', { command: { type: 'string' }, description: { type: 'string' }, wait: { type: 'boolean' } }, [
        'command',
        'description',
        'wait',
      ]),
      { command: demoCommand, description: 'Show that the Turnpike demo can run a command', wait: false },
    ],
    [
      'a shell that wants words',
      shell('shell', { command: { type: 'array' } }, ['command']),
      { command: demoCommand.split(' ') },
    ],
  ])('calls %s once', (_, tool, input) => {
    const call = callOf(ask({ tools: [shell('read_file', { path: { type: 'string' } }, ['path']), tool] }));
    expect(call).toMatchObject({ kind: 'function', callId: 'call_1' });
    expect(JSON.parse(call?.input ?? '')).toEqual(input);
  });

  it("writes a program for Codex's freeform exec, which is declared inside the history", () => {
    const exec: Tool = { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] };
    const call = callOf(ask({ items: [{ type: 'tools', tools: [exec] }, question] }));
    expect(call).toMatchObject({
      kind: 'custom',
      tool: { name: 'exec', namespace: 'functions' },
      input: `text(await tools.exec_command({cmd: "${demoCommand}"}))`,
    });
  });

  it.each([
    ['tools that run no commands', { tools: [shell('edit', { command: { type: 'string' } }, [])] }],
    ['a shell without a known field', { tools: [shell('bash', { line: { type: 'string' } }, [])] }],
    ['a freeform tool that is not exec', { tools: [{ type: 'custom', name: 'apply_patch' } as const] }],
    [
      'a caller that wants no call',
      { tools: [shell('bash', { command: { type: 'string' } }, [])], toolChoice: { mode: 'none' } as const },
    ],
  ])('calls nothing for %s', (_, request) => {
    expect(callOf(ask(request))).toBeUndefined();
  });

  it('ends with the quoted result once the tool has run', () => {
    const reply = ask({
      tools: [shell('exec_command', { cmd: { type: 'string' } }, ['cmd'])],
      items: [
        question,
        { type: 'tool-call', kind: 'function', callId: 'c', tool: { name: 'exec_command' }, input: '{}' },
        { type: 'tool-result', kind: 'function', callId: 'c', output: [{ type: 'text', text: 'one\ntwo' }] },
        { type: 'reasoning', summary: [] },
      ],
    });
    expect(callOf(reply)).toBeUndefined();
    expect(textOf(reply)).toContain('> one\n> two');
    expect(textOf(reply)).toContain('OPENAI_API_KEY');
  });

  it('quotes long results shortly', () => {
    const output = [{ type: 'text' as const, text: 'x'.repeat(100_000) }];
    const reply = ask({ items: [question, { type: 'tool-result', kind: 'function', callId: 'c', output }] });
    expect(textOf(reply).length).toBeLessThan(2_000);
  });

  it('answers in the format that was asked for', () => {
    const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
    const tools = [shell('bash', { command: { type: 'string' } }, [])];
    expect(textOf(ask({ tools, outputFormat: { type: 'json-schema', name: 'n', schema } }))).toBe(
      '{"title":"Turnpike demo"}',
    );
    expect(JSON.parse(textOf(ask({ outputFormat: { type: 'json' } })))).toEqual({ demo: true });
  });
});
