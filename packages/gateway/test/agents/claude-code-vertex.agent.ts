import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unknownFields } from '../../src/core/json.ts';
import { type Door, startCloudFront } from '../kit/cloud-front.ts';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import type { LoopbackServer } from '../kit/vendor-server.ts';
import { createWorkplace } from './agent.ts';
import { farewell, files, promptIn, sessionScript } from './agent-session.ts';
import { claudeCode } from './claude-code.ts';

const program = installedAgent('claude-code');
const cloudToken = 'ya29.cloud-token';

/** Features that Google does not have (yet), by the names that Claude Code asks for them with. */
const refusedBetas = ['advanced-tool-use-2025-11-20', 'effort-2025-11-24'];
const place =
  /^\/v1\/projects\/house\/locations\/global\/publishers\/anthropic\/models\/([^/:]+):(streamRawPredict|rawPredict)$/;

const refusals: string[] = [];

/** Vertex AI's door to Claude: what differs from Anthropic's own, and what Google answers to a beta that it does not know. */
const vertexDoor: Door = ({ path, headers, body }) => {
  const [, model = '', method] = place.exec(path) ?? [];
  const betas = (headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());
  const strange = betas.find((beta) => refusedBetas.includes(beta));
  const wrong =
    (model === '' && `no such place: ${path}`) ||
    (method !== (body['stream'] === true ? 'streamRawPredict' : 'rawPredict') && `wrong method ${method}`) ||
    (body['model'] !== undefined && 'model: Extra inputs are not permitted') ||
    (body['anthropic_version'] !== 'vertex-2023-10-16' && 'anthropic_version: Field required') ||
    (headers['authorization'] !== `Bearer ${cloudToken}` && 'Request had invalid authentication credentials.') ||
    (strange !== undefined && `Unexpected value(s) \`${strange}\` for the \`anthropic-beta\` header.`);
  if (wrong !== false) {
    refusals.push(wrong);
    return wrong;
  }
  return {
    path: '/v1/messages',
    headers: {
      'x-api-key': 'behind-the-door',
      'anthropic-version': '2023-06-01',
      ...(headers['anthropic-beta'] === undefined ? {} : { 'anthropic-beta': headers['anthropic-beta'] }),
    },
    body: { ...unknownFields(body, new Set(['anthropic_version'])), model },
  };
};

describe.skipIf(!program)(`a real Claude Code at Vertex AI${program ? '' : ' (skipped: no Claude Code)'}`, () => {
  let upstream: ScriptedUpstream;
  let front: LoopbackServer;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    upstream = await startUpstream({ dialect: 'messages', script: sessionScript(claudeCode.tools) });
    front = await startCloudFront(upstream, vertexDoor);
    gateway = await startGateway(
      {
        providers: {
          claude: {
            kind: 'vertex-anthropic',
            base_url: front.origin,
            project: 'house',
            keys: [{ value: 'env:CLOUD_TOKEN' }],
          },
        },
        virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }],
      },
      { CLOUD_TOKEN: cloudToken, ALICE_KEY: testKey },
    );
  });

  afterAll(async () => {
    await gateway.stop();
    await front.stop();
    await upstream.stop();
  });

  it('finishes a session with tools, giving up only what Google refuses, in the words in which it does', async () => {
    const workplace = createWorkplace();
    try {
      const done = await workplace.run(claudeCode, program ?? '', {
        origin: gateway.origin,
        key: testKey,
        prompt: promptIn(workplace.directory),
        model: 'claude/claude-sonnet-4-5@20250929',
      });
      expect({ ...done, stdout: '', stderr: done.stderr.slice(0, 500) }).toMatchObject({
        exitCode: 0,
        timedOut: false,
      });
      expect(claudeCode.said(done)).toBe(farewell);
      for (const [name, content] of Object.entries(files)) {
        expect(readFileSync(join(workplace.directory, name), 'utf8')).toBe(content);
      }
      expect(refusals.filter((told) => !told.includes('anthropic-beta'))).toEqual([]);
      expect(refusals).not.toEqual([]);
      expect(upstream.complaints).toEqual([]);
      expect(upstream.requests.length).toBeGreaterThan(1);
      const records = await gateway.records(1);
      expect(records.some(({ lane }) => lane === 'express')).toBe(true);
    } finally {
      workplace.remove();
    }
  });
});
