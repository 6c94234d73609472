import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testKey } from '../kit/gateway-process.ts';
import { type KeyVendor, openKeyVendor } from './key-vendor.ts';
import { directoryWith, originOf, startProgram } from './program.ts';

let vendor: KeyVendor;
beforeEach(async () => {
  vendor = await openKeyVendor();
});
afterEach(() => vendor.stop());

/** The real program, with a key that lies in a file. */
async function open({ lone = false } = {}) {
  const directory = directoryWith({
    'rotated.key': 'sk-first\n',
    'turnpike.yaml': JSON.stringify({
      providers: {
        pool: {
          kind: 'openai-compatible',
          base_url: `${vendor.origin}/v1`,
          keys: [
            { name: 'rotated', value: 'file:rotated.key' },
            { name: 'other', value: 'sk-other', disabled: lone },
          ],
        },
      },
      models: { coder: { targets: ['pool/m'] } },
      virtual_keys: [{ name: 'everyone', value: testKey }],
    }),
  });
  const gateway = startProgram(directory, 'serve', '--port', '0', '--data', 'data');
  const origin = await originOf(gateway);
  const statuses: number[] = [];
  const ask = async (session: string) => {
    const answer = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, 'session-id': session },
      body: JSON.stringify({ model: 'coder', user: session, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await answer.text();
    statuses.push(answer.status);
  };
  const rotate = (value: string) => {
    writeFileSync(join(directory, 'rotated.key.new'), value);
    renameSync(join(directory, 'rotated.key.new'), join(directory, 'rotated.key'));
  };
  return { gateway, ask, rotate, statuses };
}

const called = (key: string) => vendor.calls.filter((call) => call.key === key).length;

describe('a key whose file is rotated while requests run', () => {
  it('is used from then on, the old one no more, nobody sees an error, and a bad file changes nothing', async () => {
    const { gateway, ask, rotate, statuses } = await open();
    const sessions = Array.from({ length: 8 }, (_, at) => `session-${at}`);
    const over = new AbortController();
    const fleet = sessions.map(async (session) => {
      while (!over.signal.aborted) await ask(session);
    });
    await expect.poll(() => called('sk-first')).toBeGreaterThan(10);
    rotate('sk-second');
    await gateway.printed(/configuration replaced.*rotated\.key/);
    // The provider forgets the old one at some time, when the new one is in use.
    await expect.poll(() => called('sk-second')).toBeGreaterThan(10);
    vendor.moods.set('sk-first', { status: 401 });
    const before = called('sk-first');
    rotate('');
    await gateway.printed(/the changed configuration is not good, the old one stays[^]*rotated\.key.* is empty/);
    const wasUsed = called('sk-second');
    await expect.poll(() => called('sk-second')).toBeGreaterThan(wasUsed + 10);
    over.abort();
    await Promise.all(fleet);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(called('sk-first')).toBe(before);
  });

  it('that the provider refuses is read again at once, and the rest of the other key is not forgotten', async () => {
    const { gateway, ask, rotate, statuses } = await open();
    vendor.moods.set('sk-other', { status: 401 });
    await Promise.all(Array.from({ length: 8 }, (_, at) => ask(`session-${at}`)));
    const refused = called('sk-other');
    expect(refused).toBeGreaterThan(0);
    vendor.moods.set('sk-first', { status: 401 });
    rotate('sk-second');
    await ask('session-0');
    await gateway.printed(/configuration replaced.*rotated\.key/);
    statuses.length = 0;
    await Promise.all(Array.from({ length: 8 }, (_, at) => ask(`session-${at}`)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(called('sk-second')).toBeGreaterThanOrEqual(8);
    expect(called('sk-other')).toBeLessThanOrEqual(refused + 1);
  });

  it('that is the only one fails no request when the old value is revoked before the new one is noticed', async () => {
    const { gateway, ask, rotate, statuses } = await open({ lone: true });
    await ask('session-0');
    vendor.moods.set('sk-first', { status: 401 });
    rotate('sk-second');
    await Promise.all(Array.from({ length: 8 }, (_, at) => ask(`session-${at}`)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(called('sk-second')).toBe(8);
    await gateway.printed(/configuration replaced.*rotated\.key/);
    // Nobody has put a third value there: the one that is refused now is told, and not asked for again.
    vendor.moods.set('sk-second', { status: 401 });
    await ask('session-0');
    expect(statuses.at(-1)).toBe(502);
    expect(called('sk-second')).toBe(9);
  });
});
