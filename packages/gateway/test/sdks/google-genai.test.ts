import { ApiError, type Content, GoogleGenAI } from '@google/genai';
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
let client: GoogleGenAI;

beforeAll(async () => {
  house = await openSdkHouse();
  client = clientWith(sdkKey);
});

afterAll(() => house.stop());

function clientWith(apiKey: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${house.origin}/gemini` } });
}

describe.each(dialectNames)('Google’s SDK at a %s provider', (dialect) => {
  it('is answered, whole and streamed, with usage', async () => {
    const request = { model: house.model(dialect), contents: said.question };
    const whole = await client.models.generateContent(request);
    expect(whole.text).toBe(said.answer);
    expect(whole.usageMetadata).toMatchObject({ promptTokenCount: 100, totalTokenCount: 120 });
    let text = '';
    for await (const piece of await client.models.generateContentStream(request)) text += piece.text ?? '';
    expect(text).toBe(said.answer);
  });

  it('has a tool called and brings its result back', async () => {
    const declaration = { name: 'read_file', description: 'Reads a file.', parametersJsonSchema: toolSchema };
    const config = { tools: [{ functionDeclarations: [declaration] }] };
    const question: Content = { role: 'user', parts: [{ text: said.toolQuestion }] };
    const model = house.model(dialect);
    const first = await client.models.generateContent({ model, contents: [question], config });
    const [call] = first.functionCalls ?? [];
    expect(call).toMatchObject({ name: 'read_file', args: { path: 'notes.txt' } });
    const response = { name: 'read_file', response: { output: said.toolResult }, ...(call?.id ? { id: call.id } : {}) };
    const content = first.candidates?.[0]?.content;
    const contents: Content[] = [
      question,
      ...(content ? [content] : []),
      { role: 'user', parts: [{ functionResponse: response }] },
    ];
    const second = await client.models.generateContent({ model, contents, config });
    expect(second.text).toBe(said.toolAnswer);
  });

  it('gets structured output', async () => {
    const answer = await client.models.generateContent({
      model: house.model(dialect),
      contents: said.formQuestion,
      config: { responseMimeType: 'application/json', responseJsonSchema: formSchema },
    });
    expect(JSON.parse(answer.text ?? '')).toEqual(said.form);
    expect(house.complaints()).toEqual([]);
  });
});

describe('Google’s SDK', () => {
  it('lists the models, and has tokens counted', async () => {
    const names: string[] = [];
    for await (const { name } of await client.models.list()) names.push(name ?? '');
    expect(names).toContain('models/mine');
    const { totalTokens } = await client.models.countTokens({ model: 'mine', contents: said.question });
    expect(totalTokens).toBeGreaterThan(3);
  });

  it('embeds', async () => {
    house.odd.answerWith({ status: 200, body: JSON.stringify({ embeddings: [{ values: [0.5, 0.25] }] }) });
    const answer = await client.models.embedContent({ model: 'odd/vectors', contents: ['a', 'b'] });
    expect(answer.embeddings?.[0]?.values).toEqual([0.5, 0.25]);
    expect(house.odd.seen.at(-1)?.url).toBe('/v1/models/vectors:batchEmbedContents');
    expect(house.odd.seen.at(-1)?.body.toString()).toContain('"model":"models/vectors"');
  });

  it('raises its own errors, with their status', async () => {
    const ask = async (model: string, from = client) => {
      try {
        await from.models.generateContent({ model, contents: said.question });
      } catch (thrown) {
        return thrown instanceof ApiError ? thrown.status : thrown;
      }
      return 'answered';
    };
    const refused = (status: number, word: string) =>
      house.odd.answerWith({ status, body: JSON.stringify({ error: { code: status, message: 'no', status: word } }) });

    expect(await ask('mine', clientWith('sk-nobody'))).toBe(401);
    expect(await ask('odd/m', clientWith(narrowKey))).toBe(403);
    expect(await ask('nothing')).toBe(404);
    refused(400, 'INVALID_ARGUMENT');
    expect(await ask('odd/m')).toBe(400);
    refused(429, 'RESOURCE_EXHAUSTED');
    expect(await ask('odd/m')).toBe(429);
    refused(503, 'UNAVAILABLE');
    expect(await ask('odd/m')).toBe(503);
  });
});
