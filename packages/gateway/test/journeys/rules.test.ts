import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { virtualClock } from '../kit/deployments.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { everyone, type House, openHouse } from './house.ts';
import { openPlacesVendor, type PlacesVendor } from './places-vendor.ts';

const clock = virtualClock(Date.UTC(2027, 0, 1, 12));
const narrowKey = 'sk-narrow-0123456789';
const juniorKey = 'sk-junior-0123456789';
let vendor: PlacesVendor;
let house: House | undefined;

beforeAll(async () => {
  vendor = await openPlacesVendor();
});

afterEach(async () => {
  await house?.stop();
  house = undefined;
  vendor.moods.clear();
});

afterAll(() => vendor.stop());

type RuleEntries = NonNullable<Document['rules']>;

async function start(rules: RuleEntries, more: Document = {}): Promise<House> {
  const [far, near, spare] = ['far', 'near', 'spare'].map(vendor.entry);
  const priced = { models: { m: { price: { input: 1000, output: 1000 } } } };
  house = await openHouse(
    {
      providers: { far: { ...far, ...priced }, near: { ...near, ...priced, tags: ['eu'] }, spare: { ...spare } },
      models: {
        coder: { targets: ['far/m', { group: 'close', targets: ['near/m'] }] },
        small: { targets: ['near/m-small'] },
      },
      teams: [{ id: 'core', metadata: { floor: 3, seniority: 'senior' }, tags: ['backend'] }],
      virtual_keys: [
        everyone,
        { name: 'narrow', value: narrowKey, models: ['coder'], deny_models: ['near/m-small'] },
        { name: 'junior', value: juniorKey, team: 'core', metadata: { seniority: 'junior' }, contact: '#ai' },
      ],
      rules,
      ...more,
    },
    clock,
  );
  return house;
}

interface Asked {
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly path?: string;
}

interface Answered {
  readonly status: number;
  readonly message: string;
  /** The providers and models that were asked for it, in order. */
  readonly calls: readonly string[];
  readonly record: ExchangeRecord;
}

async function ask({
  body = {},
  headers = {},
  key = testKey,
  path = '/v1/chat/completions',
}: Asked = {}): Promise<Answered> {
  const origin = house?.origin ?? '';
  vendor.calls.length = 0;
  const answer = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ model: 'coder', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  });
  const message = textAt(objectAt(parseJson(await answer.text()), 'error'), 'message');
  const record = await house?.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
  if (!record) throw new Error('nothing was recorded');
  return {
    status: answer.status,
    message,
    calls: vendor.calls.map((call) => `${call.provider}/${call.model}`),
    record,
  };
}

describe('a rule', () => {
  it('serves a request with another model, and the record tells of it', async () => {
    await start([{ name: 'titles', when: 'kind == "title" || headers["x-job"] == "title"', do: { model: 'small' } }]);
    const { status, calls, record } = await ask({ headers: { 'x-job': 'title' } });
    expect([status, calls]).toEqual([200, ['near/m-small']]);
    expect(record.route).toMatchObject({
      names: [{ from: 'coder', to: 'small', by: 'rule', of: 'rule titles' }],
      rules: [{ name: 'titles', did: ['model → small'] }],
    });
    expect((await ask()).calls).toEqual(['far/m']);
  });

  it('leads also where the caller could not ask to go, but never where it is denied', async () => {
    await start([
      { name: 'there', when: 'headers["x-to"] == "near"', do: { model: 'near/m' } },
      { name: 'small', when: 'headers["x-to"] == "small"', do: { model: 'small' } },
    ]);
    expect((await ask({ key: narrowKey, headers: { 'x-to': 'near' } })).calls).toEqual(['near/m']);
    expect(await ask({ key: narrowKey, headers: { 'x-to': 'small' } })).toMatchObject({ status: 403, calls: [] });
    const stranger = await ask({ key: narrowKey, headers: { 'x-to': 'near' }, body: { model: 'other' } });
    expect(stranger).toMatchObject({ status: 403, record: { failure: { code: 'model-forbidden' } } });
  });

  it('may give a meaning to a name that nobody knows', async () => {
    await start([{ name: 'new', when: 'model.startsWith("brand-new")', do: { model: 'coder' } }]);
    expect((await ask({ body: { model: 'brand-new-7' } })).calls).toEqual(['far/m']);
    expect((await ask({ body: { model: 'unheard-of' } })).record.failure?.code).toBe('model-unknown');
  });

  it('refuses with its message and whom to ask', async () => {
    await start([
      {
        name: 'no',
        when: 'metadata.seniority == "junior" && team.metadata.floor > 2',
        do: { refuse: 'Seniors only.' },
      },
    ]);
    const refused = await ask({ key: juniorKey });
    expect(refused).toMatchObject({ status: 403, message: 'Seniors only. Ask #ai.', calls: [] });
    expect(refused.record).toMatchObject({
      failure: { code: 'rule-refused' },
      route: { rules: [{ name: 'no', did: ['refuse'] }] },
    });
    expect((await ask()).status).toBe(200);
  });

  it('keeps a request to a group, and adds fallbacks behind it', async () => {
    await start([{ name: 'close', when: 'true', do: { group: 'close', fallbacks: ['spare/m', 'near/m'] } }]);
    expect((await ask()).calls).toEqual(['near/m']);
    vendor.moods.set('near', { status: 500, error: { message: 'Down.', type: 'server_error' } });
    const { status, calls, record } = await ask();
    expect([status, calls.at(-1), calls.includes('far/m')]).toEqual([200, 'spare/m', false]);
    expect(record.route?.excluded).toEqual([{ provider: 'far', model: 'm', why: 'group' }]);
    expect(await ask({ body: { model: 'small' } })).toMatchObject({
      status: 403,
      message:
        'The rule "close" keeps this request to the group "close", in which "small" has nothing that you may use.',
      record: { failure: { code: 'rule-refused' } },
    });
  });

  it('demands labels of whoever answers, also of who stands in for a spent budget', async () => {
    const spent = [{ id: 'spent', scope: { key: 'junior' }, dollars: 0, fallback_model: 'far/m' }];
    await start([{ name: 'eu', when: 'headers["x-region"] == "eu"', do: { require_tags: ['eu'] } }], {
      budgets: spent,
    });
    expect((await ask({ headers: { 'x-region': 'eu' } })).calls).toEqual(['near/m']);
    expect((await ask({ key: juniorKey })).calls).toEqual(['far/m']);
    expect(await ask({ key: juniorKey, headers: { 'x-region': 'eu' } })).toMatchObject({ status: 403, calls: [] });
  });

  it('sets parameters over what the agent asks for', async () => {
    await start([
      { name: 'short', when: 'true', do: { parameters: { max_output_tokens: 7 } }, chain: true },
      { name: 'cold', when: 'team.id == ""', do: { parameters: { temperature: 0.5 } } },
    ]);
    const { record } = await ask({ body: { max_tokens: 100, temperature: 1 } });
    expect(record.route?.parameters).toEqual({ max_output_tokens: 7, temperature: 0.5 });
  });

  it('in shadow mode changes nothing and is written down', async () => {
    await start([{ name: 'shy', when: 'true', do: { refuse: 'No.' }, mode: 'shadow' }]);
    const { status, record } = await ask();
    expect(status).toBe(200);
    expect(record.route?.rules).toEqual([{ name: 'shy', shadow: true, did: ['refuse'] }]);
  });

  it('knows how much of the budget is used', async () => {
    const budgets = [{ id: 'daily', scope: { team: 'core' }, dollars: 5, every: 'day' as const }];
    await start([{ name: 'thrifty', when: 'budget_used > 0.0005', do: { model: 'near/m' } }], { budgets });
    const served = async () => (await ask({ key: juniorKey, body: { max_tokens: 1 } })).calls;
    expect(await served()).toEqual(['far/m']);
    expect(await served()).toEqual(['near/m']);
    expect((await ask()).calls).toEqual(['far/m']);
  });

  it('takes the place of everything that a request says of its models', async () => {
    await start([{ name: 'other', when: 'model == "coder" || model == "far/m"', do: { model: 'small' } }]);
    vendor.moods.set('near', { status: 400, error: { message: 'No.', type: 'invalid_request_error' } });
    expect((await ask({ body: { models: ['spare/m'] } })).calls).toEqual(['near/m-small']);
    expect((await ask({ path: '/providers/far/v1/chat/completions', body: { model: 'm' } })).calls).toEqual([
      'near/m-small',
    ]);
    expect((await ask({ path: '/providers/spare/v1/chat/completions', body: { model: 'm' } })).calls).toEqual([
      'spare/m',
    ]);
  });

  it('chooses who condenses a history', async () => {
    await start([{ name: 'notes', when: 'kind == "compaction"', do: { model: 'small' } }]);
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }];
    const { status, calls } = await ask({ path: '/openai/v1/responses/compact', body: { input } });
    expect([status, calls]).toEqual([200, ['near/m-small']]);
  });

  it('is told of by an explanation, too', async () => {
    const { explain } = await start([{ name: 'titles', when: 'kind == "title"', do: { model: 'small' } }]);
    const explained = JSON.stringify(await explain({ model: 'coder', kind: 'title' }));
    expect(explained).toContain('"rules":[{"name":"titles","did":["model → small"]}]');
    expect(JSON.stringify(await explain({ model: 'coder' }))).not.toContain('titles');
  });

  it('sends the same sessions elsewhere, every time', async () => {
    await start([{ name: 'canary', when: 'bucket < 30', do: { model: 'spare/m' } }]);
    const sessions = Array.from({ length: 60 }, (_, at) => `session-${at}`);
    const served = async () => {
      const told = [];
      for (const session of sessions) told.push(...(await ask({ headers: { 'session-id': session } })).calls);
      return told;
    };
    const first = await served();
    expect(first.filter((call) => call === 'spare/m').length).toBeGreaterThan(8);
    expect(first.filter((call) => call === 'spare/m').length).toBeLessThan(30);
    expect(await served()).toEqual(first);
  });

  it('looks at what is in a request: its size, its tools, its pictures', async () => {
    await start([
      { name: 'long', when: 'input_tokens > 1000', do: { model: 'near/long' } },
      { name: 'tools', when: 'tools == 2', do: { model: 'near/tools' } },
      { name: 'pictures', when: 'has_images', do: { model: 'near/seeing' } },
    ]);
    const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } });
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const said = (content: JsonObject['content'] & (string | JsonObject[])) => ({
      messages: [{ role: 'user', content }],
    });
    expect((await ask({ body: said('word '.repeat(1000)) })).calls).toEqual(['near/long']);
    expect((await ask({ body: { tools: [tool('a'), tool('b')] } })).calls).toEqual(['near/tools']);
    expect((await ask({ body: said([image]) })).calls).toEqual(['near/seeing']);
    expect((await ask({ body: { tools: [tool('a')] } })).calls).toEqual(['far/m']);
  });

  it('keeps a request that is only to be counted from where it would not go', async () => {
    const { base_url } = vendor.entry('claude');
    const claude = { kind: 'anthropic' as const, base_url, keys: [{ value: 'sk-claude' }] };
    await start([{ name: 'eu', when: 'headers["x-region"] == "eu"', do: { group: 'close' } }], {
      providers: { claude },
      models: { coder: { targets: ['claude/m', { group: 'close', targets: ['claude/m-eu'] }] } },
    });
    const path = '/v1/messages/count_tokens';
    expect((await ask({ path })).calls).toEqual(['claude/m']);
    expect(await ask({ path, headers: { 'x-region': 'eu' } })).toMatchObject({ status: 200, calls: [] });
  });

  it('never sees what a caller shows to prove itself', async () => {
    const secret = ['authorization', 'cookie', 'x-api-key', 'proxy-authorization', 'x-goog-api-key'];
    await start([
      { name: 'seen', when: `headers.exists(name, name in ${JSON.stringify(secret)})`, do: { refuse: 'Seen.' } },
    ]);
    const headers = { cookie: 'a=b', 'x-api-key': 'sk-x', 'proxy-authorization': 'x', 'x-goog-api-key': 'y' };
    expect((await ask({ headers })).status).toBe(200);
  });

  it('that cannot be decided does nothing, and the record says why', async () => {
    await start([{ name: 'odd', when: 'metadata.seniority > 3', do: { refuse: 'No.' } }]);
    const { status, record } = await ask({ key: juniorKey });
    expect(status).toBe(200);
    await ask({ key: juniorKey });
    expect(house?.log.filter((line) => line.includes('could not be decided'))).toHaveLength(1);
    expect(record.route?.rules).toEqual([{ name: 'odd', did: [], error: expect.stringContaining('> int') }]);
  });
});
