import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { ask, readTold, type Told } from '../kit/ask.ts';
import type { Document } from '../kit/gateway-process.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { openSocket, refusedSocket, type SocketClient } from '../kit/socket-client.ts';
import { startTokenIssuer } from '../kit/token-issuer.ts';
import { type House, openHouse } from './house.ts';

const nowS = () => Math.floor(systemClock.now() / 1000);
const annsKey = 'vk-ann-0123456789abcdef';

let upstream: ScriptedUpstream;
let issuer: Awaited<ReturnType<typeof startTokenIssuer>>;
let document: Document;
let house: House;
const open: SocketClient[] = [];

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'responses', script: () => ({ text: 'Fine.' }) });
  issuer = await startTokenIssuer(nowS);
  const provider = { kind: 'openai', base_url: upstream.baseUrl, keys: [{ value: 'sk-up' }] };
  document = {
    server: { trusted_proxies: ['127.0.0.1'] },
    providers: { here: provider, abroad: provider },
    models: { coder: { targets: ['abroad/m'], fallbacks: ['here/m'] } },
    organizations: [{ id: 'acme', contact: '#acme-ai', tags: ['acme'] }],
    teams: [{ id: 'core', organization: 'acme', deny_models: ['here/secret'], providers: ['here'] }],
    users: [{ id: 'ann', teams: ['core'] }],
    virtual_keys: [{ name: 'laptop', value: annsKey, user: 'ann', allowed_ips: ['127.0.0.1', '5.6.7.0/24'] }],
    token_issuers: [
      {
        id: 'corp',
        issuer: issuer.issuer,
        audiences: ['turnpike'],
        rules: [{ when: { dept: 'dev' }, team: 'core', user: '{sub}' }],
      },
    ],
  };
  house = await openHouse(document);
});

beforeEach(() => house.replace(document));

afterAll(async () => {
  for (const { socket } of open) socket.terminate();
  await house.stop();
  await upstream.stop();
  issuer.stop();
});

const question = { dialect: 'responses', model: 'coder', stream: false, key: annsKey } as const;
const turn = { model: 'coder', input: 'Hello' };

async function refusal(given: Partial<Parameters<typeof ask>[1]>) {
  const told = await ask(house.origin, { ...question, ...given });
  return { status: told.status, message: messageIn(told) };
}

async function connect(key: string): Promise<SocketClient> {
  const client = await openSocket(house.origin, { key });
  open.push(client);
  return client;
}

const messageIn = ({ payloads: [body] }: Told) => textAt(objectAt(body, 'error'), 'message');
const endOf = (messages: readonly JsonObject[]) => messages.at(-1) ?? {};
const saidBy = (messages: readonly JsonObject[]) => textAt(objectAt(endOf(messages), 'error'), 'message');

describe('a key', () => {
  it('goes where all of its levels agree, and is recorded with them', async () => {
    const told = await ask(house.origin, question);
    expect(told.status).toBe(200);
    const record = await house.recordOf(({ id }) => id === told.headers.get('x-request-id'));
    expect(record).toMatchObject({
      key: 'laptop',
      user: 'ann',
      team: 'core',
      organization: 'acme',
      tags: ['acme'],
      provider: 'here',
    });
    expect(record.attempts).toHaveLength(1);
  });

  it('is refused by the level that forbids, which says whom to ask', async () => {
    expect(await refusal({ model: 'abroad/m' })).toMatchObject({
      status: 403,
      message: expect.stringMatching(/The team "core" may not use "abroad".*providers: here\. Ask #acme-ai\./),
    });
    // Under any of its names.
    expect((await refusal({ model: 'here/secret' })).message).toMatch(/team "core" may not use "here\/secret"/);
  });

  it('is shown only what it may use', async () => {
    await house.replace({
      ...document,
      providers: { ...document.providers, here: { ...document.providers?.['here'], models: { m: {}, secret: {} } } },
    });
    const answer = await fetch(`${house.origin}/v1/models`, { headers: { authorization: `Bearer ${annsKey}` } });
    const [list] = (await readTold(answer)).payloads;
    const names = arrayAt(list, 'data').map((each) => textAt(each, 'id'));
    expect(names).toContain('coder');
    expect(names).toContain('here/m');
    expect(names.filter((name) => name.startsWith('abroad/') || name.includes('secret'))).toEqual([]);
  });

  it.each([
    ['5.6.7.8', 200],
    ['9.9.9.9, 5.6.7.8', 200],
    ['5.6.7.8, 9.9.9.9', 403],
    ['nonsense', 403],
  ])('is let in by where it comes from: %s', async (from, status) => {
    const told = await ask(house.origin, { ...question, headers: { 'x-forwarded-for': from } });
    expect(told.status).toBe(status);
  });

  it('is believed no header about where it comes from, unless a proxy is trusted', async () => {
    await house.replace({ ...document, server: {} });
    expect((await ask(house.origin, { ...question, headers: { 'x-forwarded-for': '9.9.9.9' } })).status).toBe(200);
  });

  it.each([
    [
      'the key is disabled',
      { virtual_keys: [{ name: 'laptop', value: annsKey, disabled: true }] },
      /"laptop" is disabled/,
    ],
    ['the key is gone', { virtual_keys: [] }, /not known/],
    ['its user is disabled', { users: [{ id: 'ann', teams: ['core'], disabled: true }] }, /The user "ann" is disabled/],
    [
      'its organization is disabled',
      { organizations: [{ id: 'acme', disabled: true }] },
      /organization "acme" is disabled/,
    ],
    [
      'it may use something else now',
      { teams: [{ id: 'core', models: ['else'] }], organizations: [] },
      /may use: else/,
    ],
  ])('is refused on a socket that is open already, from the next turn on, when %s', async (_, change, says) => {
    const client = await connect(annsKey);
    expect(endOf(await client.turn(turn))).toMatchObject({ type: 'response.completed' });
    await house.replace({ ...document, ...change });
    expect(saidBy(await client.turn(turn))).toMatch(says);
    await house.replace(document);
    expect(endOf(await client.turn(turn))).toMatchObject({ type: 'response.completed' });
  });
});

describe('a token', () => {
  it('of a configured issuer is a key of its own, over HTTP and over a socket', async () => {
    const told = await ask(house.origin, { ...question, key: await issuer.token({ dept: 'dev' }) });
    expect(told.status).toBe(200);
    const record = await house.recordOf(({ id }) => id === told.headers.get('x-request-id'));
    expect(record).toMatchObject({ key: 'ann', user: 'ann', team: 'core', organization: 'acme' });
    const client = await connect(await issuer.token({ dept: 'dev', sub: 'bob' }));
    expect(endOf(await client.turn({ ...turn, generate: false }))).toMatchObject({ type: 'response.completed' });
    expect(endOf(await client.turn(turn))).toMatchObject({ type: 'response.completed' });
  });

  it('opens no socket where it is refused', async () => {
    const token = await issuer.token({ dept: 'sales' });
    const refused = await refusedSocket(house.origin, { key: token });
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringMatching(/none of the rules/) } },
    });
  });

  it('warms nobody up whose issuer is gone, and the socket goes on when it is back', async () => {
    const client = await connect(await issuer.token({ dept: 'dev', sub: 'eve' }));
    await house.replace({ ...document, token_issuers: [] });
    expect(saidBy(await client.turn({ ...turn, generate: false }))).toMatch(/no issuer that Turnpike trusts/);
    await house.replace(document);
    expect(endOf(await client.turn({ ...turn, generate: false }))).toMatchObject({ type: 'response.completed' });
  });

  it('that has run out is told by the status at which agents fetch a new one', async () => {
    const told = await ask(house.origin, {
      ...question,
      key: await issuer.token({ dept: 'dev', exp: nowS() - 3600 }),
      headers: { 'user-agent': 'codex_exec/0.169.0', originator: 'codex_exec' },
    });
    expect([told.status, messageIn(told)]).toEqual([401, expect.stringMatching(/expired at/)]);
  });

  it('of somebody’s ChatGPT login is refused before anybody looks at it', async () => {
    const headers = { 'chatgpt-account-id': 'acc-1' };
    const told = await ask(house.origin, { ...question, key: await issuer.token({ dept: 'dev' }), headers });
    expect([told.status, messageIn(told)]).toEqual([403, expect.stringMatching(/signed in with ChatGPT/)]);
  });
});
