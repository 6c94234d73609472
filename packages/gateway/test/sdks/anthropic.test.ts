import {
  Anthropic,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dialectNames,
  formSchema,
  narrowKey,
  openSdkHouse,
  said,
  sdkKey,
  type SdkHouse,
  toolSchema,
} from './sdk-house.ts';

let house: SdkHouse;
let client: Anthropic;

beforeAll(async () => {
  house = await openSdkHouse();
  client = clientWith(sdkKey);
});

afterAll(() => house.stop());

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ apiKey, baseURL: `${house.origin}/anthropic`, maxRetries: 0 });
}

const user = (content: string) => ({ role: 'user' as const, content });
const tools: Anthropic.Tool[] = [
  {
    name: 'read_file',
    description: 'Reads a file.',
    input_schema: { ...toolSchema, required: [...toolSchema.required] },
  },
];

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

describe.each(dialectNames)('Anthropic’s SDK at a %s provider', (dialect) => {
  it('is answered, whole and streamed, with usage', async () => {
    const request = { model: house.model(dialect), max_tokens: 500, messages: [user(said.question)] };
    const whole = await client.messages.create(request);
    expect(textOf(whole)).toBe(said.answer);
    expect(whole).toMatchObject({ stop_reason: 'end_turn', usage: { input_tokens: 100, output_tokens: 20 } });
    const stream = client.messages.stream(request);
    let text = '';
    stream.on('text', (delta) => (text += delta));
    expect(textOf(await stream.finalMessage())).toBe(said.answer);
    expect(text).toBe(said.answer);
  });

  it.each([true, false])('has a tool called and brings its result back (stream: %s)', async (streams) => {
    const ask = (messages: Anthropic.MessageParam[]) => {
      const request = { model: house.model(dialect), max_tokens: 500, messages, tools };
      return streams ? client.messages.stream(request).finalMessage() : client.messages.create(request);
    };
    const first = await ask([user(said.toolQuestion)]);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'read_file', input: { path: 'notes.txt' } });
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: said.toolResult };
    const second = await ask([
      user(said.toolQuestion),
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]);
    expect(textOf(second)).toBe(said.toolAnswer);
    expect(house.upstream(dialect).requests.at(-1)?.conversation.turns).toContainEqual({
      type: 'result',
      callId: expect.any(String),
      text: said.toolResult,
    });
  });

  it('gets structured output', async () => {
    const message = await client.messages.parse({
      model: house.model(dialect),
      max_tokens: 500,
      messages: [user(said.formQuestion)],
      output_config: { format: { type: 'json_schema', schema: formSchema } },
    });
    expect(JSON.parse(textOf(message))).toEqual(said.form);
    expect(house.complaints()).toEqual([]);
  });
});

describe('Anthropic’s SDK', () => {
  it('lists the models', async () => {
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toContain('mine');
    expect(await client.models.retrieve('mine')).toMatchObject({ type: 'model', id: 'mine' });
  });

  it.each(dialectNames)('has tokens counted for a model of a %s provider', async (dialect) => {
    const messages = [user(said.question)];
    const { input_tokens } = await client.messages.countTokens({ model: house.model(dialect), messages, tools });
    expect(input_tokens).toBeGreaterThan(5);
    expect(input_tokens).toBeLessThan(500);
  });

  it('asks for batches', async () => {
    house.odd.answerWith({ status: 200, body: JSON.stringify({ data: [{ id: 'msgbatch_1' }], has_more: false }) });
    const at = new Anthropic({ apiKey: sdkKey, baseURL: `${house.origin}/providers/odd`, maxRetries: 0 });
    const { data } = await at.messages.batches.list({ limit: 5 });
    expect(data).toMatchObject([{ id: 'msgbatch_1' }]);
    expect(house.odd.seen.at(-1)).toMatchObject({ method: 'GET', url: '/v1/messages/batches?limit=5' });
    expect(JSON.stringify(house.odd.seen.at(-1)?.headers)).not.toContain(sdkKey);
  });

  it('raises its own errors', async () => {
    const ask = (model: string, from = client) =>
      from.messages
        .create({ model, max_tokens: 500, messages: [user(said.question)] })
        .catch((error: unknown) => error);
    const refused = (status: number, type: string) =>
      house.odd.answerWith({ status, body: JSON.stringify({ type: 'error', error: { type, message: 'no' } }) });

    expect(await ask('mine', clientWith('sk-nobody'))).toBeInstanceOf(AuthenticationError);
    expect(await ask('odd/m', clientWith(narrowKey))).toBeInstanceOf(PermissionDeniedError);
    expect(await ask('nothing')).toBeInstanceOf(NotFoundError);
    refused(400, 'invalid_request_error');
    expect(await ask('odd/m')).toBeInstanceOf(BadRequestError);
    refused(429, 'rate_limit_error');
    expect(await ask('odd/m')).toBeInstanceOf(RateLimitError);
    refused(529, 'overloaded_error');
    expect(await ask('odd/m')).toBeInstanceOf(InternalServerError);
  });
});
