import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturesDir } from '../../../test/kit/shared-data.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { wrapSeal } from '../shared/seal.ts';
import { decodeRequest } from './request-decoder.ts';
import { encodeRequest } from './request-encoder.ts';

const target = { model: 'gemini-3.1-pro-preview', issuer: 'google', abilities: {}, quirks: {} } as const;

function roundTrip(body: JsonObject) {
  return encodeRequest(decodeRequest({ ...body, model: target.model, stream: true }), target);
}

/** Everything a caller may say, in one request. */
const everything: JsonObject = {
  systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' },
  contents: [
    { role: 'user', parts: [{ text: 'context' }] },
    { role: 'user', parts: [{ text: 'see' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
    {
      role: 'model',
      parts: [
        { text: 'hm', thought: true, thoughtSignature: 'dGg=' },
        { text: 'Let me look. ', thoughtSignature: 'dHh0' },
        { functionCall: { name: 'shell', args: { cmd: 'ls' } }, thoughtSignature: 'c2ln' },
        { functionCall: { name: 'shell', args: {} } },
        { functionCall: { id: 'x', name: 'view', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'shell', response: { output: 'a.txt' } } },
        { functionResponse: { name: 'shell', response: { error: 'no' } } },
        {
          functionResponse: {
            id: 'x',
            name: 'view',
            response: { width: 1, ok: true },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'BBBB' } }],
          },
        },
        { text: 'and now?' },
      ],
    },
    { role: 'model', parts: [{ text: 'Done.' }, { text: '', thoughtSignature: 'ZW5k' }] },
    {
      role: 'user',
      parts: [
        { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
        { fileData: { mimeType: 'video/mp4', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/f1' } },
        { newThing: { a: 1 } },
      ],
    },
  ],
  tools: [
    {
      functionDeclarations: [
        { name: 'shell', description: 'Runs.', parametersJsonSchema: { type: 'object' } },
        {
          name: 'view',
          parameters: { type: 'OBJECT', properties: { path: { type: 'STRING' } } },
          behavior: 'BLOCKING',
        },
      ],
    },
    { codeExecution: {} },
    { newTool: { b: 2 } },
  ],
  toolConfig: {
    functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['shell', 'view'] },
    includeServerSideToolInvocations: true,
    retrievalConfig: { languageCode: 'en' },
  },
  generationConfig: {
    maxOutputTokens: 10,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    stopSequences: ['END'],
    seed: 7,
    thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' },
  },
  safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
  cachedContent: 'cachedContents/1',
};

describe('a request of a Gemini client', () => {
  it('comes through the canonical form unchanged', () => {
    const { body, losses } = roundTrip(everything);
    expect(body).toEqual(everything);
    expect(losses).toEqual([]);
  });

  it('keeps the bytes of an answer schema in the older form', () => {
    const generationConfig = { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } };
    const asked = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], generationConfig };
    expect(roundTrip(asked).body).toEqual(asked);
    const decoded = decodeRequest({ ...asked, model: 'm', stream: false });
    expect(decoded.outputFormat).toMatchObject({ type: 'json-schema', schema: { type: 'object' } });
  });

  it('may be written in snake_case', () => {
    const decoded = decodeRequest({
      model: 'm',
      stream: false,
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      contents: { parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
      generation_config: { max_output_tokens: 5 },
    });
    expect(decoded).toMatchObject({
      maxOutputTokens: 5,
      items: [
        { role: 'system', parts: [{ text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'image', source: { mediaType: 'image/png', base64: 'AAAA' } }] },
      ],
    });
  });

  it('answers calls without ids in order, name by name, with ids that do not change', () => {
    const decode = () => decodeRequest({ ...everything, model: 'm', stream: true }).items;
    const calls = decode().flatMap((item) => (item.type === 'tool-call' ? item.callId : []));
    const results = decode().flatMap((item) => (item.type === 'tool-result' ? item.callId : []));
    expect(results).toEqual(calls);
    expect(new Set(calls).size).toBe(3);
  });

  it('brings back the seal of another issuer that was told as its signature', () => {
    const seal = { issuer: 'anthropic', data: { thinking: 'so', signature: 'abc' } };
    const parts = [{ functionCall: { name: 'f', args: {} }, thoughtSignature: wrapSeal(seal) }];
    const { items } = decodeRequest({ model: 'm', stream: true, contents: [{ role: 'model', parts }] });
    expect(items).toMatchObject([{ type: 'reasoning', seal }, { type: 'tool-call' }]);
  });

  it.each([
    ['contents', { contents: 'hi' }],
    ['contents[0]', { contents: [1] }],
    ['contents[0].parts', { contents: [{ parts: 'hi' }] }],
    ['contents[0].parts[0].functionCall.name', { contents: [{ parts: [{ functionCall: {} }] }] }],
    ['tools[0].functionDeclarations[0].name', { tools: [{ functionDeclarations: [{}] }] }],
  ])('is refused with the path %s where it is malformed', (path, body) => {
    const decode = () => decodeRequest({ model: 'm', stream: true, ...body });
    expect(decode).toThrow(expect.objectContaining({ code: 'request-malformed' }));
    expect(decode).toThrow(`\`${path}\``);
  });
});

const captures = capturesDir ? readdirSync(capturesDir).filter((name) => name.startsWith('gemini-cli')) : [];

it.skipIf(!capturesDir)('real requests of Gemini CLI come through unchanged (skipped: no captures)', () => {
  expect(captures.length).toBeGreaterThan(0);
  for (const name of captures) {
    const capture = parseJson(readFileSync(join(capturesDir ?? '', name), 'utf8'));
    const body = isJsonObject(capture) && isJsonObject(capture['body']) ? capture['body'] : {};
    const { body: written, losses } = roundTrip(body);
    expect({ name, written, losses }).toEqual({ name, written: body, losses: [] });
  }
});
