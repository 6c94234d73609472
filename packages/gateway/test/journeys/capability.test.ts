import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type House, openHouse } from './house.ts';
import { openPlacesVendor, type PlacesVendor } from './places-vendor.ts';

let vendor: PlacesVendor;
let house: House;

beforeAll(async () => {
  vendor = await openPlacesVendor();
  const provider = (name: string, facts: object) => ({ ...vendor.entry(name), models: { m: facts } });
  house = await openHouse({
    providers: {
      blind: provider('blind', { images: false }),
      deaf: provider('deaf', { tools: false }),
      small: provider('small', { context_window: 2_000 }),
      middle: provider('middle', { context_window: 5_000 }),
      large: provider('large', { context_window: 100_000 }),
      loose: provider('loose', { structured_output: false }),
      plain: provider('plain', {}),
      pair: {
        ...vendor.entry('pair'),
        keyless: false,
        keys: [{ value: 'a' }, { value: 'b' }],
        models: { m: { images: false } },
      },
    },
    models: {
      going: { targets: ['plain/m'], deprecated: { use: 'coder', from: '2099-01-01' } },
      coder: { targets: ['blind/m', 'deaf/m', 'loose/m', 'plain/m'] },
      growing: { targets: ['small/m', 'middle/m'], fallbacks: ['large/m', 'plain/m'] },
      limited: { targets: ['small/m', 'middle/m'] },
      sightless: { targets: ['pair/m', 'blind/m'] },
      mixed: { targets: ['small/m', 'blind/m'] },
    },
  });
});

beforeEach(() => {
  vendor.calls.length = 0;
  vendor.moods.clear();
});

afterAll(async () => {
  await house.stop();
  await vendor.stop();
});

async function ask(model: string, body: JsonObject, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${house.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, ...headers },
    body: JSON.stringify({ model, ...body }),
  });
  const text = await answer.text();
  const record = await house.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
  return { status: answer.status, text, record, tried: vendor.calls.splice(0).map(({ provider }) => provider) };
}

const hello = [{ role: 'user', content: 'Hello' }];
const picture = [
  { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }] },
];
const tools = [{ type: 'function', function: { name: 'run', parameters: { type: 'object', properties: {} } } }];
const schema = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
const words = (count: number) => [{ role: 'user', content: 'word '.repeat(count) }];

describe('a plan', () => {
  it('keeps everybody for what everybody can do', async () => {
    const { tried, record } = await ask('coder', { messages: hello });
    expect(tried).toEqual(['blind']);
    expect(record.route?.excluded).toBeUndefined();
  });

  it.each([
    { what: 'a picture', body: { messages: picture }, to: 'deaf', out: { blind: 'images' } },
    { what: 'tools', body: { messages: hello, tools }, to: 'blind', out: { deaf: 'tools' } },
    {
      what: 'tools, a picture and a schema',
      body: { messages: picture, tools, response_format: schema },
      to: 'plain',
      out: { blind: 'images', deaf: 'tools', loose: 'structured-output' },
    },
  ])('leaves out who cannot serve $what, and the record says so', async ({ body, to, out }) => {
    const { tried, record } = await ask('coder', body);
    expect(tried).toEqual([to]);
    const told = record.route?.excluded?.map(({ provider, why }) => [provider, why]);
    expect(Object.fromEntries(told ?? [])).toEqual(out);
  });

  it('names a model at a provider once, whatever its keys', async () => {
    const { status, text, record, tried } = await ask('sightless', { messages: picture });
    expect({ status, tried }).toEqual({ status: 400, tried: [] });
    expect(record.route?.excluded).toEqual([
      { provider: 'pair', model: 'm', why: 'images' },
      { provider: 'blind', model: 'm', why: 'images' },
    ]);
    expect(record.failure?.code).toBe('meaning-lost');
    expect(text).toContain('\\"sightless\\" (pair/m) cannot see images');
    expect(text).toContain('blind/m cannot see images');
    expect(text).toContain('Models here that can: coder, growing, limited, mixed.');
  });

  it('leads a history to a window that it fits into', async () => {
    expect((await ask('growing', { messages: words(300) })).tried).toEqual(['small']);
    expect((await ask('growing', { messages: words(3_000) })).tried).toEqual(['middle']);
    const { tried, record } = await ask('growing', { messages: words(9_000) });
    expect(tried).toEqual(['large']);
    expect(record.route?.excluded).toMatchObject([
      { provider: 'small', why: 'context-window', detail: expect.stringMatching(/at least [0-9,]+ tokens, has 2,000/) },
      { provider: 'middle', why: 'context-window' },
    ]);
  });

  it('tells a history that fits nowhere in words by which agents shorten it', async () => {
    const { status, text, record, tried } = await ask('limited', { messages: words(9_000) });
    expect({ status, tried, code: record.failure?.code }).toEqual({ status: 400, tried: [], code: 'context-too-long' });
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'context_length_exceeded' } });
    expect(text).toMatch(/needs at least [0-9,]+ tokens, has 2,000/);
    expect(text).toContain('Models here that can: coder, growing, sightless, mixed.');
  });

  it('tells Claude Code so in the words by which it compacts', async () => {
    const answer = await fetch(`${house.origin}/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
      body: JSON.stringify({ model: 'limited', max_tokens: 1_000, messages: words(9_000) }),
    });
    expect(await answer.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: expect.stringMatching(/^prompt is too long: The model "limited"/),
      },
    });
    expect(vendor.calls).toEqual([]);
  });

  it('tells that a history is too long where only that could be mended', async () => {
    const { record } = await ask('mixed', { messages: [...picture, ...words(9_000)] });
    expect(record.failure).toMatchObject({ code: 'context-too-long', message: expect.stringContaining('see images') });
  });
});

describe('an explanation', () => {
  it('tells of a request that is only imagined what becomes of a real one', async () => {
    const excludedOf = async (question: Parameters<House['explain']>[0]) => {
      const { route } = await house.explain(question);
      return route?.excluded?.map(({ provider, why }) => `${provider}: ${why}`);
    };
    expect(await excludedOf({ model: 'coder' })).toBeUndefined();
    expect(await excludedOf({ model: 'coder', tools: true, images: true })).toEqual(['blind: images', 'deaf: tools']);
    expect(await excludedOf({ model: 'growing', input_tokens: 4_000 })).toEqual(['small: context-window']);
  });
});

describe('a history that a provider finds too long', () => {
  const tooLong = { status: 400, error: { message: 'Too long.', type: 'invalid', code: 'context_length_exceeded' } };

  it('goes on to those whose windows are known to be larger', async () => {
    vendor.moods.set('small', tooLong);
    const { tried, record } = await ask('growing', { messages: hello });
    expect(tried).toEqual(['small', 'middle']);
    expect(record.attempts.map(({ failure }) => failure?.code)).toEqual(['context-too-long', undefined]);
    vendor.moods.set('middle', tooLong);
    expect((await ask('growing', { messages: hello })).tried).toEqual(['small', 'middle', 'large']);
  });

  it('goes there at once with the next request of its session, until it is shorter', async () => {
    vendor.moods.set('small', tooLong);
    const session = { 'session-id': 'grown' };
    const long = { messages: words(300) };
    expect((await ask('growing', long, session)).tried).toEqual(['small', 'middle']);
    const { tried, record } = await ask('growing', long, session);
    expect(tried).toEqual(['middle']);
    expect(record.skipped).toMatchObject([{ provider: 'small', why: 'context-window' }]);
    vendor.moods.clear();
    expect((await ask('growing', { messages: hello }, session)).tried).toEqual(['small']);
  });

  it('is not told as too long where the one with more room has only failed', async () => {
    vendor.moods.set('small', tooLong);
    vendor.moods.set('middle', { status: 503, error: { message: 'Busy.', type: 'server_error' } });
    for (const _ of ['it tries the small one first', 'and then last']) {
      const { record } = await ask('limited', { messages: words(300) }, { 'session-id': 'limited' });
      expect(record.failure?.code).toBe('upstream-overloaded');
    }
  });

  it('is told in the last one’s words where nobody has more room, or nobody knows', async () => {
    for (const name of ['small', 'middle', 'large']) vendor.moods.set(name, tooLong);
    const { tried, record, text } = await ask('growing', { messages: hello });
    expect(tried).toEqual(['small', 'middle', 'large']);
    expect(record.failure?.code).toBe('context-too-long');
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'context_length_exceeded', message: 'Too long.' } });
    vendor.moods.set('plain', tooLong);
    expect((await ask('coder', { messages: picture, tools })).tried).toEqual(['loose']);
    vendor.moods.set('loose', tooLong);
    expect((await ask('coder', { messages: picture, tools })).tried).toEqual(['loose']);
  });

  it.each(['Image input is not supported.', 'This model does not support tools.'])(
    'differs from what a model cannot do: %s',
    async (message) => {
      vendor.moods.set('small', { status: 400, error: { message, type: 'invalid_request_error' } });
      const { tried, status } = await ask('growing', { messages: hello });
      expect({ tried, status }).toEqual({ tried: ['small'], status: 400 });
    },
  );
});
