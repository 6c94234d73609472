import { expect, it } from 'vitest';
import type { Plan } from '../config/deployment.ts';
import { createPairMemo } from '../core/memo.ts';
import type { Parameters } from '../core/parameters.ts';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { layParameters } from './lay-parameters.ts';

it('lays what one request sets over what deployments set, and gives the same plan for the same', () => {
  const laid = { laid: createPairMemo<Plan, Parameters, Plan>() };
  const plan = [
    { ...deploymentOf({ key: '1' }), parameters: { reasoningEffort: 'low', maxOutputTokens: 100 } },
    deploymentOf({ key: '2' }),
  ] as const;
  const parameters = { reasoningEffort: 'high', maxOutputTokens: 500 };
  const first = layParameters(plan, parameters, laid);
  expect(first.map((each) => each.parameters)).toEqual([{ reasoningEffort: 'high', maxOutputTokens: 100 }, parameters]);
  expect(first.map(({ credential }) => credential)).toEqual(plan.map(({ credential }) => credential));
  expect(layParameters(plan, parameters, laid)).toBe(first);
  expect(layParameters(plan, undefined, laid)).toBe(plan);
});
