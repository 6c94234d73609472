import {
  OpenAI,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  toFile,
} from 'openai';
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
let client: OpenAI;

beforeAll(async () => {
  house = await openSdkHouse();
  client = clientWith(sdkKey);
});

afterAll(() => house.stop());

function clientWith(apiKey: string): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${house.origin}/openai/v1`, maxRetries: 0 });
}

const user = (content: string) => ({ role: 'user' as const, content });

describe.each(dialectNames)('OpenAI’s SDK at a %s provider', (dialect) => {
  it('completes a chat, whole and streamed, with usage', async () => {
    const model = house.model(dialect);
    const whole = await client.chat.completions.create({ model, messages: [user(said.question)] });
    expect(whole.choices[0]?.message.content).toBe(said.answer);
    expect(whole.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20 });
    const stream = client.chat.completions.stream({
      model,
      messages: [user(said.question)],
      stream_options: { include_usage: true },
    });
    expect(await stream.finalContent()).toBe(said.answer);
    expect(await stream.totalUsage()).toMatchObject({ total_tokens: 120 });
  });

  it('runs the tools of a chat', async () => {
    const paths: string[] = [];
    const read = ({ path }: { path: string }) => {
      paths.push(path);
      return said.toolResult;
    };
    const tool = {
      name: 'read_file',
      description: 'Reads a file.',
      parameters: { ...toolSchema, required: [...toolSchema.required] },
    };
    const runner = client.chat.completions.runTools({
      model: house.model(dialect),
      messages: [user(said.toolQuestion)],
      stream: true,
      tools: [
        {
          type: 'function',
          function: { ...tool, function: read, parse: (text) => ({ path: String(JSON.parse(text).path) }) },
        },
      ],
    });
    expect(await runner.finalContent()).toBe(said.toolAnswer);
    expect(paths).toEqual(['notes.txt']);
  });

  it('responds, whole and streamed', async () => {
    const model = house.model(dialect);
    const whole = await client.responses.create({ model, input: said.question });
    expect(whole).toMatchObject({ status: 'completed', output_text: said.answer });
    expect(whole.usage).toMatchObject({ input_tokens: 100, output_tokens: 20 });
    const stream = client.responses.stream({ model, input: said.question });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    expect((await stream.finalResponse()).output_text).toBe(said.answer);
    expect(text).toBe(said.answer);
  });

  it('has a tool called in a response and brings its result back', async () => {
    const tools: OpenAI.Responses.Tool[] = [
      { type: 'function', name: 'read_file', description: 'Reads a file.', parameters: toolSchema, strict: true },
    ];
    const model = house.model(dialect);
    const input: OpenAI.Responses.ResponseInput = [user(said.toolQuestion)];
    const first = await client.responses.create({ model, input, tools, store: false });
    const call = first.output.find((item) => item.type === 'function_call');
    expect(call).toMatchObject({ name: 'read_file', arguments: '{"path":"notes.txt"}' });
    const result = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: said.toolResult };
    const told = first.output.flatMap((item) =>
      item.type === 'message' || item.type === 'function_call' ? [item] : [],
    );
    const second = await client.responses.create({ model, input: [...input, ...told, result], tools, store: false });
    expect(second.output_text).toBe(said.toolAnswer);
  });

  it('parses structured output', async () => {
    const json_schema = { name: 'place', schema: formSchema, strict: true };
    const parsed = await client.chat.completions.parse({
      model: house.model(dialect),
      messages: [user(said.formQuestion)],
      response_format: { type: 'json_schema', json_schema },
    });
    expect(parsed.choices[0]?.message.parsed).toEqual(said.form);
    const response = await client.responses.parse({
      model: house.model(dialect),
      input: said.formQuestion,
      text: { format: { type: 'json_schema', ...json_schema } },
    });
    expect(response.output_parsed).toEqual(said.form);
    expect(house.complaints()).toEqual([]);
  });
});

describe('OpenAI’s SDK', () => {
  it('lists the models', async () => {
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toContain('mine');
  });

  it('embeds, transcribes, and keeps files', async () => {
    const vectors = await client.embeddings.create({ model: 'odd/vectors', input: 'a', encoding_format: 'float' });
    expect(vectors.data[0]?.embedding).toEqual([0.1, 0.2, 0.3]);
    const file = await toFile(Buffer.from('{"a":1}\n'), 'batch.jsonl');
    await clientAt('odd').files.create({ file, purpose: 'batch' });
    expect(house.odd.seen.at(-1)).toMatchObject({ method: 'POST', url: '/v1/files' });
    expect(house.odd.seen.at(-1)?.body.toString()).toContain('{"a":1}');
    await client.audio.transcriptions.create({ file, model: 'odd/scribe' });
    expect(house.odd.seen.at(-1)?.body.toString()).toMatch(/name="model"\r\n\r\nscribe\r\n/);
    house.odd.answerWith({ status: 200, type: 'audio/mpeg', body: Buffer.from([1, 2, 3]) });
    const speech = await client.audio.speech.create({ model: 'odd/tts', voice: 'coral', input: 'Hi' });
    expect([...new Uint8Array(await speech.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it('raises its own errors', async () => {
    const ask = (model: string, from = client) =>
      from.chat.completions.create({ model, messages: [user(said.question)] }).catch((error: unknown) => error);
    const refused = (status: number, type: string, code: string) =>
      house.odd.answerWith({ status, body: JSON.stringify({ error: { message: 'no', type, code, param: null } }) });

    expect(await ask('mine', clientWith('sk-nobody'))).toBeInstanceOf(AuthenticationError);
    expect(await ask('odd/m', clientWith(narrowKey))).toBeInstanceOf(PermissionDeniedError);
    expect(await ask('nothing')).toBeInstanceOf(NotFoundError);
    refused(400, 'invalid_request_error', 'invalid_value');
    expect(await ask('odd/m')).toBeInstanceOf(BadRequestError);
    refused(429, 'rate_limit_error', 'rate_limit_exceeded');
    expect(await ask('odd/m')).toBeInstanceOf(RateLimitError);
    refused(500, 'server_error', 'server_error');
    expect(await ask('odd/m')).toBeInstanceOf(InternalServerError);
  });
});

/** A client of one provider’s own door. */
function clientAt(provider: string): OpenAI {
  return new OpenAI({ apiKey: sdkKey, baseURL: `${house.origin}/providers/${provider}/v1`, maxRetries: 0 });
}
