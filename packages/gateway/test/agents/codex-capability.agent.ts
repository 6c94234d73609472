import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlacesVendor, type PlacesVendor } from '../journeys/places-vendor.ts';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type CodexRun, prepareCodex } from './codex.ts';

const program = installedAgent('codex');

/** One red pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';
const script = playScenes(
  { cue: 'look at the pixel', answers: [{ text: 'It is red.' }] },
  { cue: 'read all of this', answers: [{ text: 'I have read it.' }] },
  { cue: 'hello', answers: [{ text: 'Hello to you.' }] },
);

describe.skipIf(!program)(`a real Codex${program ? '' : ' (skipped: no Codex)'}`, () => {
  let first: ScriptedUpstream;
  let second: ScriptedUpstream;
  let refusing: PlacesVendor;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    first = await startUpstream({ dialect: 'chat', script, name: 'first' });
    second = await startUpstream({ dialect: 'messages', script, name: 'second' });
    refusing = await openPlacesVendor();
    const tooLong = { message: 'Too many tokens.', type: 'invalid_request_error', code: 'context_length_exceeded' };
    refusing.moods.set('refusing', { status: 400, error: tooLong });
    const keys = [{ value: 'sk-upstream' }];
    gateway = await startGateway({
      providers: {
        first: {
          kind: 'openai-compatible',
          base_url: first.baseUrl,
          speaks: ['chat'],
          keys,
          models: { m: { images: false, context_window: 20_000 } },
        },
        refusing: { ...refusing.entry('refusing'), models: { m: { context_window: 30_000 } } },
        second: { kind: 'anthropic', base_url: second.baseUrl, keys },
      },
      models: {
        'gpt-5.5-two': { targets: ['first/m'], fallbacks: ['second/claude-sonnet-4-5'] },
        'gpt-5.5-refused': { targets: ['refusing/m'], fallbacks: ['first/m', 'second/claude-sonnet-4-5'] },
      },
      virtual_keys: [{ name: 'ann', value: testKey }],
    });
  });

  afterAll(async () => {
    await gateway.stop();
    await Promise.all([first, second, refusing].map((server) => server.stop()));
  });

  /** One Codex and what it is asked, one after the other in a thread. */
  async function session(model: string, ...prompts: readonly { readonly say: string; readonly image?: boolean }[]) {
    const codex = prepareCodex({ program: program ?? '', origin: gateway.origin, door: 'custom', model });
    const runs: CodexRun[] = [];
    const before = (await gateway.records(0)).length;
    try {
      writeFileSync(join(codex.directory, 'pixel.png'), Buffer.from(pixel, 'base64'));
      for (const { say, image } of prompts) {
        const resume = runs[0] ? { resume: runs[0].threadId } : {};
        const flags = image ? ['--image', join(codex.directory, 'pixel.png')] : [];
        runs.push(await codex.run(say, { ...resume, flags }));
      }
    } finally {
      codex.remove();
    }
    expect([...first.complaints.splice(0), ...second.complaints.splice(0)]).toEqual([]);
    for (const run of runs) {
      expect(run.events.filter(({ type }) => type === 'error' || type === 'turn.failed')).toEqual([]);
      expect({ code: run.exitCode, end: run.events.at(-1)?.['type'] }).toEqual({ code: 0, end: 'turn.completed' });
    }
    return { runs, turns: (await gateway.records(before + prompts.length)).slice(before) };
  }

  it('is answered by the model that sees, once there is a picture', async () => {
    const { runs, turns } = await session('gpt-5.5-two', { say: 'hello' }, { say: 'look at the pixel', image: true });
    expect(turns.map(({ provider }) => provider)).toEqual(['first', 'second']);
    expect(turns.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
    expect(turns[1]?.route?.excluded).toEqual([{ provider: 'first', model: 'm', why: 'images' }]);
    expect(runs[1]?.stdout).toContain('It is red.');
  });

  it('is answered by the model that reads more, once the history is too long for the other', async () => {
    const long = `read all of this: ${'ab '.repeat(25_000)}`;
    const { turns } = await session('gpt-5.5-two', { say: 'hello' }, { say: long }, { say: 'hello again' });
    expect(turns.map(({ provider }) => provider)).toEqual(['first', 'second', 'second']);
    expect(turns[1]?.route?.excluded).toMatchObject([{ provider: 'first', why: 'context-window' }]);
  });

  it('notices nothing where a provider finds its history too long and another has more room', async () => {
    const { turns } = await session('gpt-5.5-refused', { say: 'hello' });
    expect(turns[0]?.attempts.map(({ provider, failure }) => [provider, failure?.code])).toEqual([
      ['refusing', 'context-too-long'],
      ['second', undefined],
    ]);
  });
});
