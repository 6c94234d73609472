import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, Item, Part } from '../../core/items.ts';
import type { EncodeTarget } from '../dialect.ts';
import { encodeRequest } from './request-encoder.ts';
import { noSignature } from './signatures.ts';
import { madeCallId } from './types.ts';

const gemini3: EncodeTarget = { model: 'gemini-3.1-pro-preview', issuer: 'google', abilities: {}, quirks: {} };
const gemini25: EncodeTarget = { ...gemini3, model: 'gemini-2.5-pro' };

const text = (text: string): Part => ({ type: 'text', text });
const user = (words: string): Item => ({ type: 'message', role: 'user', parts: [text(words)] });
const call = (callId: string, name = 'shell', input = '{"cmd":"ls"}'): Item => ({
  type: 'tool-call',
  kind: 'function',
  callId,
  tool: { name },
  input,
});
const result = (callId: string, output: readonly Part[] = [text('done')]): Item => ({
  type: 'tool-result',
  kind: 'function',
  callId,
  output,
});

function request(items: readonly Item[], rest: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'm', stream: true, items, tools: [], ...rest };
}

function contentsOf(items: readonly Item[], target = gemini3) {
  return encodeRequest(request(items), target).body['contents'];
}

const shell = { type: 'function', name: 'shell', schema: { type: 'object' } } as const;

describe('contents', () => {
  it('puts the opening instructions, also behind declared tools, into systemInstruction', () => {
    const { body } = encodeRequest(
      request([
        { type: 'tools', tools: [shell] },
        { type: 'message', role: 'developer', parts: [text('Be brief.')] },
        { type: 'message', role: 'system', parts: [text('Be kind.')] },
        user('hi'),
      ]),
      gemini3,
    );
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] });
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'hi' }] }]);
    expect(body['model']).toBeUndefined();
    expect(body['stream']).toBeUndefined();
  });

  it('tells instructions inside the conversation as the user, and says so', () => {
    const { body, losses } = encodeRequest(
      request([user('hi'), { type: 'message', role: 'developer', parts: [text('now plan')] }]),
      gemini3,
    );
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'hi' }, { text: 'now plan' }] }]);
    expect(losses).toMatchObject([{ weight: 'hint', what: 'message.developer' }]);
  });

  it('writes parallel results together, right behind their calls and in their order', () => {
    const items = [user('go'), call('a', 'one'), call('b', 'two'), result('b'), user('wait'), result('a')];
    const contents = contentsOf(items, gemini25);
    const response = { output: 'done' };
    expect(contents).toEqual([
      { role: 'user', parts: [{ text: 'go' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'one', args: { cmd: 'ls' } } },
          { functionCall: { id: 'b', name: 'two', args: { cmd: 'ls' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'one', response } },
          { functionResponse: { id: 'b', name: 'two', response } },
          { text: 'wait' },
        ],
      },
    ]);
  });

  it('answers a call without a result as failed, and tells a result without a call as text', () => {
    const { body, losses } = encodeRequest(request([user('go'), call('a'), user('stop'), result('x')]), gemini25);
    expect(JSON.stringify(body['contents'])).toContain('{"error":"The call was not answered."}');
    expect(JSON.stringify(body['contents'])).toContain('Result of the tool call x:\\ndone');
    expect(losses.map((loss) => loss.what)).toEqual(['tool-result.missing', 'tool-result.call']);
  });

  it('never tells Gemini the ids that were made for it', () => {
    const id = madeCallId('reply', 0);
    expect(JSON.stringify(contentsOf([user('go'), call(id), result(id)]))).not.toContain('call_gm');
  });

  it('puts images of a result inside it from Gemini 3 on, and behind it before', () => {
    const image: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } };
    const items = [user('look'), call('a'), result('a', [text('here'), image])];
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    const response = { id: 'a', name: 'shell', response: { output: 'here' } };
    expect(contentsOf(items)).toMatchObject([
      {},
      {},
      { parts: [{ functionResponse: { ...response, parts: [{ inlineData }] } }] },
    ]);
    const behind = [{ functionResponse: response }, { inlineData }];
    expect(contentsOf(items, gemini25)).toMatchObject([{}, {}, { parts: behind }]);
    const quirky = { ...gemini3, quirks: { noImagesInToolResults: true } };
    expect(contentsOf(items, quirky)).toMatchObject([{}, {}, { parts: behind }]);
  });

  it('loses meaning where the model cannot see, and where a file lies at another provider', () => {
    const image: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } };
    const file: Part = { type: 'file', source: { kind: 'file-id', dialect: 'responses', id: 'file_1' } };
    const items: readonly Item[] = [{ type: 'message', role: 'user', parts: [image, image, file] }];
    const { losses } = encodeRequest(request(items), { ...gemini3, abilities: { images: false } });
    expect(losses).toMatchObject([
      { weight: 'meaning', what: 'image' },
      { weight: 'meaning', what: 'file.file-id' },
    ]);
  });
});

describe('thought signatures', () => {
  const seal = (data: string | { signature: string; place: string }, issuer = 'google'): Item => ({
    type: 'reasoning',
    summary: ['I think'],
    seal: { issuer, data },
  });

  it('come back beside the call that follows their reasoning item, byte for byte', () => {
    const contents = contentsOf([user('go'), seal('c2ln/+='), call('a'), call('b'), result('a'), result('b')]);
    expect(contents).toMatchObject([
      {},
      { parts: [{ thoughtSignature: 'c2ln/+=' }, { functionCall: { id: 'b' } }] },
      {},
    ]);
    expect(JSON.stringify(contents)).not.toContain(noSignature);
    expect(JSON.stringify(contents)).not.toContain('I think');
  });

  it('come back on an empty text where they stood alone', () => {
    const items = [user('hi'), { type: 'message', role: 'assistant', parts: [text('Hello')] } as const];
    const parts = [{ text: 'Hello' }, { text: '', thoughtSignature: 'QUJD' }];
    const alone = seal({ signature: 'QUJD', place: 'alone' });
    expect(contentsOf([...items, alone, user('more')])).toMatchObject([{}, { parts }, {}]);
    expect(contentsOf([...items, seal('QUJD'), user('more')])).toMatchObject([{}, { parts }, {}]);
  });

  it('of another issuer are dropped as a hint, and Gemini 3 is told that there is none', () => {
    const items = [user('go'), seal('x', 'anthropic'), call('a'), result('a'), call('b'), result('b')];
    const { body, losses } = encodeRequest(request(items), gemini3);
    expect(losses).toMatchObject([{ weight: 'hint', what: 'reasoning.seal' }]);
    expect(JSON.stringify(body['contents']).split(noSignature)).toHaveLength(3);
    expect(JSON.stringify(encodeRequest(request(items), gemini25).body)).not.toContain(noSignature);
  });
});

describe('tools', () => {
  it('tells a freeform tool as a function of one text, its grammar in words', () => {
    const patch = {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits.',
      grammar: { syntax: 'lark', definition: 'start: X' },
    } as const;
    const freeformCall: Item = {
      type: 'tool-call',
      kind: 'custom',
      callId: 'a',
      tool: { name: 'apply_patch' },
      input: '*** Begin "Patch"\n',
    };
    const freeformResult: Item = { type: 'tool-result', kind: 'custom', callId: 'a', output: [text('ok')] };
    const { body, losses } = encodeRequest(
      request([user('go'), freeformCall, freeformResult], { tools: [patch] }),
      gemini3,
    );
    expect(body['tools']).toMatchObject([
      { functionDeclarations: [{ name: 'apply_patch', parametersJsonSchema: { required: ['input'] } }] },
    ]);
    expect(JSON.stringify(body['tools'])).toContain('start: X');
    expect(JSON.stringify(body['contents'])).toContain('"args":{"input":"*** Begin \\"Patch\\"\\n"}');
    expect(losses).toMatchObject([{ what: 'tool.grammar', weight: 'hint' }]);
  });

  it('flattens namespaces to names that Gemini takes', () => {
    const { body, tools } = encodeRequest(
      request([user('go')], {
        tools: [{ type: 'namespace', name: '9 lives', tools: [{ type: 'function', name: 'spawn agent' }] }],
      }),
      gemini3,
    );
    const [entry] = tools.flat;
    expect(entry?.wireName).toMatch(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/);
    expect(JSON.stringify(body['tools'])).toContain(`"name":"${entry?.wireName}"`);
    expect(tools.resolve(entry?.wireName ?? '').tool).toEqual({ name: 'spawn agent', namespace: '9 lives' });
  });

  it('maps web search to Google Search, beside functions only from Gemini 3 on', () => {
    const search = {
      type: 'hosted',
      tool: 'web_search',
      dialect: 'responses',
      settings: { type: 'web_search' },
    } as const;
    const asked = request([user('go')], { tools: [shell, search], toolChoice: { mode: 'auto' } });
    const both = encodeRequest(asked, gemini3);
    expect(both.losses).toEqual([]);
    expect(both.body['tools']).toMatchObject([{ functionDeclarations: [{ name: 'shell' }] }, { googleSearch: {} }]);
    expect(both.body['toolConfig']).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
      includeServerSideToolInvocations: true,
    });
    const older = encodeRequest(asked, gemini25);
    expect(older.losses).toMatchObject([{ weight: 'hint', what: 'tool.web_search' }]);
    expect(older.body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'AUTO' } });
    expect(encodeRequest(request([user('go')], { tools: [search] }), gemini25).body['tools']).toEqual([
      { googleSearch: {} },
    ]);
  });

  it('forces one tool by its name on the wire', () => {
    const { body } = encodeRequest(
      request([user('go')], {
        tools: [shell],
        toolChoice: { mode: 'tool', tool: { name: 'shell' }, kind: 'function' },
      }),
      gemini3,
    );
    expect(body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['shell'] } });
  });

  it('loses meaning where the model cannot call tools or a tool is of an unknown type', () => {
    const opaque = { type: 'opaque', dialect: 'responses', value: { type: 'new' } } as const;
    const { losses } = encodeRequest(request([user('go')], { tools: [shell, opaque] }), gemini3);
    expect(losses).toMatchObject([{ weight: 'meaning', what: 'tool.unknown' }]);
    const mute = { ...gemini3, abilities: { tools: false } };
    expect(encodeRequest(request([user('go')], { tools: [shell] }), mute).losses).toMatchObject([
      { weight: 'meaning' },
    ]);
  });
});

describe('generation settings', () => {
  it.each([
    ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'LOW' }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH' }],
    ['gemini-3.5-flash', 'none', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.1-pro-preview', 'xhigh', { thinkingLevel: 'HIGH' }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-flash', 'ultra', { thinkingBudget: 24_576 }],
    ['gemini-flash-latest', 'low', { thinkingLevel: 'LOW' }],
  ])('asks %s for %s effort in its own terms', (model, effort, thinkingConfig) => {
    const { body } = encodeRequest(request([user('hi')], { reasoning: { effort } }), { ...gemini3, model });
    expect(body['generationConfig']).toEqual({ thinkingConfig });
  });

  it('asks a model that does not think for nothing, and says so', () => {
    const target = { ...gemini3, model: 'gemini-2.0-flash' };
    const { body, losses } = encodeRequest(request([user('hi')], { reasoning: { effort: 'high' } }), target);
    expect(body['generationConfig']).toBeUndefined();
    expect(losses).toMatchObject([{ weight: 'hint', what: 'reasoning.effort' }]);
  });

  it('keeps the output limit within what the model can do', () => {
    const target = { ...gemini3, abilities: { maxOutputTokens: 100 } };
    expect(encodeRequest(request([user('hi')], { maxOutputTokens: 500 }), target).body['generationConfig']).toEqual({
      maxOutputTokens: 100,
    });
  });

  it('binds the answer to a schema, or asks in words where tools forbid it', () => {
    const outputFormat = { type: 'json-schema', name: 'x', schema: { type: 'object' } } as const;
    const asked = request([user('hi')], { outputFormat, tools: [shell] });
    expect(encodeRequest(asked, gemini3).body['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    });
    const older = encodeRequest(asked, gemini25);
    expect(older.losses).toMatchObject([{ weight: 'hint', what: 'output.schema' }]);
    expect(JSON.stringify(older.body['systemInstruction'])).toContain('JSON Schema');
    const forced = encodeRequest({ ...asked, toolChoice: { mode: 'required' } }, gemini3);
    expect(forced.losses).toMatchObject([{ what: 'output.schema' }]);
  });

  it('records what Gemini has no word for', () => {
    const { losses } = encodeRequest(
      request([user('hi')], { verbosity: 'low', serviceTier: 'flex', parallelToolCalls: false, tools: [shell] }),
      gemini3,
    );
    expect(losses.map((loss) => loss.what).sort()).toEqual(['parallel_tool_calls', 'service_tier', 'text.verbosity']);
  });

  it('writes the same bytes for the same request', () => {
    const asked = request([user('go'), call('a'), result('a')], { tools: [shell] });
    expect(JSON.stringify(encodeRequest(asked, gemini3).body)).toBe(JSON.stringify(encodeRequest(asked, gemini3).body));
  });
});
