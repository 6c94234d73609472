import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from './deployments.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type ScriptedUpstream, startUpstream } from './scripted-upstream.ts';
import { type WireFault, type WireFaultName, wireFaults } from './wire-faults.ts';

const clock = virtualClock();
const waits: number[] = [];
let upstream: ScriptedUpstream;
let proxy: FaultProxy;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'A healthy answer, told in full.' }) });
  proxy = await startFaultProxy({
    target: upstream,
    seed: 7,
    now: clock.now,
    wait(milliseconds) {
      waits.push(milliseconds);
      return new Promise((resolve) => setTimeout(resolve, 5));
    },
  });
});

beforeEach(async () => {
  await proxy.set(undefined);
  waits.length = 0;
});

afterAll(async () => {
  await proxy.stop();
  await upstream.stop();
});

interface Told {
  readonly status: number;
  readonly text: string;
  /** How it ended: with a whole body, in the middle, or without an answer. */
  readonly end: 'whole' | 'broken' | 'none';
}

async function ask(patienceMs?: number): Promise<Told> {
  let status = 0;
  let text = '';
  try {
    const answer = await fetch(`${proxy.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
      ...(patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) }),
    });
    status = answer.status;
    const decoder = new TextDecoder();
    if (answer.body) for await (const bytes of answer.body) text += decoder.decode(bytes, { stream: true });
    return { status, text, end: 'whole' };
  } catch {
    return { status, text, end: status === 0 ? 'none' : 'broken' };
  }
}

const howMany = async (count: number, fault: WireFaultName | WireFault) => {
  await proxy.set(fault);
  const before = proxy.passages.length;
  for (let times = 0; times < count; times += 1) await ask();
  return proxy.passages
    .slice(before)
    .map(({ met }) => (met === 'none' ? '-' : 'x'))
    .join('');
};

describe('a fault proxy', () => {
  it('lets everything pass until it is told otherwise', async () => {
    const told = await ask();
    expect(told).toMatchObject({ status: 200, end: 'whole' });
    expect(told.text).toMatch(/data: \[DONE\]/);
  });

  it.each<{ fault: WireFaultName; status: number; end: Told['end']; says?: RegExp }>([
    { fault: 'refuse', status: 0, end: 'none' },
    { fault: 'delay', status: 200, end: 'whole', says: /\[DONE\]/ },
    { fault: 'drip', status: 200, end: 'whole', says: /\[DONE\]/ },
    { fault: 'reset-before-head', status: 0, end: 'none' },
    { fault: 'reset-at-start', status: 200, end: 'broken', says: /^data/ },
    { fault: 'reset-midway', status: 200, end: 'broken', says: /"content":"A"/ },
    { fault: 'half-close-midway', status: 200, end: 'broken', says: /"content":"A"/ },
    { fault: 'corrupt-midway', status: 200, end: 'whole', says: /"content":"A"[^]*\ufffd[^]*\[DONE\]/ },
    { fault: 'corrupt-framing-midway', status: 200, end: 'broken', says: /"content":"A"/ },
    { fault: 'storm-429', status: 429, end: 'whole', says: /The provider says 429/ },
    { fault: 'overloaded-529', status: 529, end: 'whole' },
    { fault: 'error-at-start', status: 200, end: 'whole', says: /^(?![^]*"content":"A")[^]*Overloaded/ },
    { fault: 'error-midway', status: 200, end: 'whole', says: /"content":"A"[^]*Overloaded/ },
  ])('plays $fault', async ({ fault, status, end, says = /^/ }) => {
    await proxy.set(fault);
    const told = await ask();
    expect({ status: told.status, end: told.end }).toEqual({ status, end });
    expect(told.text).toMatch(says);
    await proxy.set(undefined);
    expect(await ask()).toMatchObject({ status: 200, end: 'whole' });
  });

  it.each<WireFaultName>(['hang', 'stall-at-start', 'stall-midway'])('plays %s', async (fault) => {
    await proxy.set(fault);
    expect(await ask(150)).toMatchObject({ end: fault === 'hang' ? 'none' : 'broken' });
  });

  it('meets a share of the requests, the same ones for the same seed', async () => {
    const first = await howMany(40, 'brown-out-503');
    expect(await howMany(40, 'brown-out-503')).toBe(first);
    expect(first.replaceAll('-', '').length).toBeGreaterThan(12);
    expect(first.replaceAll('-', '').length).toBeLessThan(28);
  });

  it('meets so many requests after so many others', async () => {
    expect(await howMany(6, { ...wireFaults['error-500'], skip: 2, times: 3 })).toBe('--xxx-');
  });

  it('comes and goes by its clock', async () => {
    await proxy.set('flapping');
    const ends: string[] = [];
    for (let step = 0; step < 4; step += 1) {
      ends.push((await ask()).end);
      clock.pass(500);
    }
    expect(ends).toEqual(['whole', 'none', 'whole', 'none']);
  });

  it('waits as long as the fault says', async () => {
    await proxy.set('delay');
    await ask();
    expect(waits).toEqual([400]);
  });
});
