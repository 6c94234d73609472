import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import type { Script } from '../kit/model-script.ts';
import { createWorkplace, type TestedAgent } from './agent.ts';
import { type AgentHouse, modelAt, startAgentHouse } from './agent-house.ts';
import { testAgent } from './agent-suite.ts';
import { geminiCli } from './gemini-cli.ts';

testAgent(geminiCli);

const program = installedAgent('gemini-cli');
/** A question about the question, asked without tools and with a schema for the answer, comes first. */
const script: Script = ({ tools }) =>
  tools.length === 0
    ? { text: JSON.stringify({ complexity_reasoning: 'A rewrite.', complexity_score: 90 }) }
    : { text: 'Hello to you.' };

describe.skipIf(!program)(`a real Gemini CLI left to itself${program ? '' : ' (skipped: no Gemini CLI)'}`, () => {
  let house: AgentHouse;

  beforeAll(async () => {
    house = await startAgentHouse(script, {
      'gemini-3.5-flash-lite': { targets: [modelAt('qwen')] },
      'gemini-3.1-pro-preview-customtools': { targets: [modelAt('claude')] },
    });
  });

  afterAll(() => house.stop());

  it('has its choice of a model made by another vendor’s, in the form that it asked for', async () => {
    const undecided: TestedAgent = {
      ...geminiCli,
      command(task) {
        const { args, environment } = geminiCli.command(task);
        return { args: args.filter((arg, at) => arg !== '-m' && args[at - 1] !== '-m'), environment };
      },
    };
    const place = createWorkplace();
    try {
      const task = { origin: house.gateway.origin, key: testKey, model: 'none', prompt: 'hello' };
      const run = await place.run(undecided, program ?? '', task);
      expect(run).toMatchObject({ exitCode: 0, strangers: [] });
      expect(undecided.said(run)).toBe('Hello to you.');
      const records = await house.gateway.records(2);
      expect(records.map(({ modelAsked, provider, stream }) => [modelAsked, provider, stream])).toEqual([
        ['gemini-3.5-flash-lite', 'qwen', false],
        ['gemini-3.1-pro-preview-customtools', 'claude', true],
      ]);
      const [choice] = house.vendors.upstreams.qwen.requests;
      expect(choice?.body['response_format']).toMatchObject({
        type: 'json_schema',
        json_schema: { schema: { type: 'object', properties: { complexity_score: { type: 'integer' } } } },
      });
    } finally {
      place.remove();
    }
  });
});
