import { deploymentState } from '@turnpike/contract/resources/deployment-state';
import { expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { stateChecker } from './check-state.ts';
import type { Finding } from './problem.ts';

const { provider } = deploymentOf({ provider: 'openai' });
const check = stateChecker({ providers: new Map([['openai', provider]]) }, Date.UTC(2027, 0, 1));

function found(fields: object): readonly Finding[] {
  const findings: Finding[] = [];
  const state = deploymentState.parse({ id: 'x', provider: 'openai', state: 'disabled', ...fields });
  check(state, (finding) => findings.push(finding));
  return findings;
}

it.each([[{}], [{ credential: '1' }], [{ credential: 'openai#1' }], [{ until: '2027-01-02' }], [{ model: 'any' }]])(
  '%j closes something',
  (fields) => {
    expect(found(fields)).toEqual([]);
  },
);

it.each([
  [{ provider: 'opnai' }, 'provider', 'did you mean `openai`?'],
  [{ credential: 'second' }, 'credential', 'known: openai#1'],
  [{ until: '2020-01-01' }, 'until', undefined],
])('%j closes nothing, and whoever wrote it is warned', (fields, field, hint) => {
  const [finding, ...others] = found(fields);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ path: [field], severity: 'warning' });
  expect(finding?.message).toContain('nothing is closed');
  expect(finding?.hint).toBe(hint);
});
