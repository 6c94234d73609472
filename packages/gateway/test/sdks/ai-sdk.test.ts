import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
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

beforeAll(async () => {
  house = await openSdkHouse();
});

afterAll(() => house.stop());

/** The SDK’s providers, each pointed at the gateway’s door for its dialect. */
const providers = {
  'openai (Responses)': (apiKey: string, model: string) =>
    createOpenAI({ apiKey, baseURL: `${house.origin}/openai/v1` }).responses(model),
  'openai (Chat)': (apiKey: string, model: string) =>
    createOpenAI({ apiKey, baseURL: `${house.origin}/openai/v1` }).chat(model),
  'openai-compatible': (apiKey: string, model: string) =>
    createOpenAICompatible({
      name: 'turnpike',
      apiKey,
      baseURL: `${house.origin}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  anthropic: (apiKey: string, model: string) =>
    createAnthropic({ apiKey, baseURL: `${house.origin}/anthropic/v1` })(model),
  google: (apiKey: string, model: string) =>
    createGoogleGenerativeAI({ apiKey, baseURL: `${house.origin}/gemini/v1beta` })(model),
};
const names = Object.keys(providers).filter((name): name is keyof typeof providers => name in providers);

describe.each(names)('the AI SDK’s %s', (name) => {
  const modelAt = (at: string, apiKey = sdkKey) => providers[name](apiKey, at);

  it.each(dialectNames)('is answered by a %s provider, whole and streamed', async (dialect) => {
    const model = modelAt(house.model(dialect));
    const whole = await generateText({ model, prompt: said.question, maxRetries: 0 });
    expect(whole).toMatchObject({ text: said.answer, finishReason: 'stop' });
    const streamed = streamText({ model, prompt: said.question, maxRetries: 0 });
    let text = '';
    for await (const delta of streamed.textStream) text += delta;
    expect(text).toBe(said.answer);
    expect(await streamed.usage).toMatchObject({ inputTokens: 100, outputTokens: 20 });
  });

  it.each(dialectNames)('runs tools for a %s provider', async (dialect) => {
    const paths: string[] = [];
    const streamed = streamText({
      model: modelAt(house.model(dialect)),
      prompt: said.toolQuestion,
      maxRetries: 0,
      stopWhen: stepCountIs(3),
      providerOptions: { openai: { store: false } },
      tools: {
        read_file: tool({
          description: 'Reads a file.',
          inputSchema: jsonSchema<{ path: string }>({ ...toolSchema, required: [...toolSchema.required] }),
          execute: ({ path }) => {
            paths.push(path);
            return said.toolResult;
          },
        }),
      },
    });
    expect(await streamed.text).toBe(said.toolAnswer);
    expect(paths).toEqual(['notes.txt']);
    expect(await streamed.steps).toHaveLength(2);
  });

  it.each(dialectNames)('gets structured output of a %s provider', async (dialect) => {
    const schema = jsonSchema<{ city: string; people: number }>({ ...formSchema, required: [...formSchema.required] });
    const { output } = await generateText({
      model: modelAt(house.model(dialect)),
      prompt: said.formQuestion,
      maxRetries: 0,
      output: Output.object({ schema, name: 'place' }),
    });
    expect(output).toEqual(said.form);
    expect(house.complaints()).toEqual([]);
  });

  it('tells errors by their status', async () => {
    const statusOf = async (model: string, key = sdkKey) => {
      try {
        await generateText({ model: modelAt(model, key), prompt: said.question, maxRetries: 0 });
      } catch (thrown) {
        return thrown instanceof APICallError ? thrown.statusCode : thrown;
      }
      return 'answered';
    };
    expect(await statusOf('mine', 'sk-nobody')).toBe(401);
    expect(await statusOf(house.model('chat'), narrowKey)).toBe(403);
    expect(await statusOf('nothing')).toBe(404);
  });
});

describe('the AI SDK', () => {
  it('is told to send its history where it only refers to it, and the provider does not keep it', async () => {
    const reference = { openai: { itemId: 'msg_1' } };
    const asked = generateText({
      model: providers['openai (Responses)'](sdkKey, house.model('messages')),
      maxRetries: 0,
      messages: [
        { role: 'user', content: said.question },
        { role: 'assistant', content: [{ type: 'text', text: said.answer, providerOptions: reference }] },
        { role: 'user', content: said.question },
      ],
    });
    await expect(asked).rejects.toThrow(/store: false/);
  });

  it('embeds', async () => {
    const model = createOpenAI({ apiKey: sdkKey, baseURL: `${house.origin}/v1` }).textEmbeddingModel('odd/vectors');
    const { embeddings, usage } = await embedMany({ model, values: ['a'], maxRetries: 0 });
    expect(embeddings).toEqual([[0.1, 0.2, 0.3]]);
    expect(usage.tokens).toBe(1000);
  });
});
