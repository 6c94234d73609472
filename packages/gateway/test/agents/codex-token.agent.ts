import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type GatewayProcess, startGateway } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { startTokenIssuer } from '../kit/token-issuer.ts';
import { type CodexRun, prepareCodex } from './codex.ts';

const program = installedAgent('codex');
const nowS = () => Math.floor(systemClock.now() / 1000);
/** Longer than a short token lasts. */
const slowWork = { name: 'exec_command', input: { cmd: 'sleep 3' } };
const script = playScenes(
  { cue: 'hello', answers: [{ text: 'Hello to you.' }] },
  { cue: 'work slowly', answers: [{ text: 'I begin.', calls: [slowWork] }, { text: 'All is done.' }] },
);

interface Asked {
  readonly prompt: string;
  /** What the command prints in turn, the last one again and again. */
  readonly tokens: readonly string[];
  readonly websockets?: boolean;
}

interface Session {
  readonly run: CodexRun;
  /** How often Codex asked its command. */
  readonly fetched: number;
}

describe.skipIf(!program)(`a real Codex with auth.command${program ? '' : ' (skipped: no Codex)'}`, () => {
  let issuer: Awaited<ReturnType<typeof startTokenIssuer>>;
  let upstream: ScriptedUpstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    issuer = await startTokenIssuer(nowS);
    upstream = await startUpstream({ dialect: 'messages', script });
    gateway = await startGateway({
      providers: { claude: { kind: 'anthropic', base_url: upstream.baseUrl, keys: [{ value: 'sk-up' }] } },
      models: { coder: { targets: ['claude/claude-sonnet-5'] } },
      teams: [{ id: 'core' }],
      virtual_keys: [],
      token_issuers: [
        {
          id: 'corp',
          issuer: issuer.issuer,
          audiences: ['turnpike'],
          clock_skew_s: 0,
          rules: [{ when: { dept: 'dev' }, user: '{email}', team: '{groups}' }],
        },
      ],
    });
  });

  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
    issuer.stop();
  });

  async function hello(...tokens: readonly string[]): Promise<Session> {
    return session({ prompt: 'hello', tokens });
  }

  async function session({ prompt, tokens, websockets = false }: Asked): Promise<Session> {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-token-'));
    const command = join(folder, 'token');
    const count = join(folder, 'count');
    for (const [index, token] of tokens.entries()) writeFileSync(join(folder, String(index + 1)), token);
    const lines = [
      '#!/bin/sh',
      `n=$(cat ${count} 2>/dev/null || echo 0); n=$((n + 1)); echo $n > ${count}`,
      `[ -f ${folder}/$n ] || n=${tokens.length}`,
      `cat ${folder}/$n`,
    ];
    writeFileSync(command, lines.join('\n'));
    chmodSync(command, 0o700);
    const options = {
      program: program ?? '',
      origin: gateway.origin,
      door: 'custom',
      model: 'coder',
      websockets,
    } as const;
    const codex = prepareCodex({ ...options, tokenCommand: command });
    try {
      const run = await codex.run(prompt);
      return { run, fetched: Number(readFileSync(count, 'utf8')) };
    } finally {
      codex.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const token = (claims: object = {}) =>
    issuer.token({ dept: 'dev', email: 'ann@example.com', groups: ['all', 'core'], ...claims });

  it('works with a token of the issuer, and counts for whom the rules say', async () => {
    const { run } = await hello(await token());
    expect(run).toMatchObject({ exitCode: 0, strangers: [] });
    expect(run.stdout).toContain('Hello to you.');
    const [record] = await gateway.recordsOf('coder');
    expect(record).toMatchObject({ user: 'ann@example.com', team: 'core', outcome: 'done' });
  });

  it('fetches a new token when the old one has run out, without a word', async () => {
    const { run, fetched } = await hello(await token({ exp: nowS() - 3600 }), await token());
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toContain('Hello to you.');
    expect(fetched).toBe(2);
  });

  it.each([false, true])(
    'goes on when its token runs out in the middle of its work (WebSocket: %s)',
    async (websockets) => {
      const tokens = [await token({ exp: nowS() + 2 }), await token()];
      const { run, fetched } = await session({ prompt: 'work slowly', tokens, websockets });
      expect(run).toMatchObject({ exitCode: 0 });
      expect(run.stdout).toContain('All is done.');
      expect(fetched).toBe(2);
    },
  );

  it('tells its user why a token is refused, and does not ask in vain', async () => {
    const { run } = await hello(await token({ dept: 'sales' }));
    const failed = run.events.find((event) => event['type'] === 'turn.failed');
    expect(run.exitCode).toBe(1);
    expect(textAt(objectAt(failed, 'error'), 'message')).toMatch(/fits none of the rules/);
    expect(run.stdout).not.toMatch(/Reconnecting/);
  });
});
