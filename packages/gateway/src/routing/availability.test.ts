import { type DeploymentState, deploymentState } from '@turnpike/contract/resources/deployment-state';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { createAvailability } from './availability.ts';

type Said = Partial<DeploymentState>;

const nowMs = Date.parse('2027-01-31T12:00:00Z');
const deployment = deploymentOf({ provider: 'openai', model: 'gpt-5.5', key: 'second' });

function stateOf(...said: readonly Said[]) {
  const states = said.map((each, index) =>
    deploymentState.parse({ id: `s${index}`, provider: 'openai', state: 'disabled', ...each }),
  );
  return createAvailability(states).of(deployment, nowMs)?.state;
}

describe('what operators say of a deployment', () => {
  it.each<[string, Said]>([
    ['its provider', {}],
    ['its model', { model: 'gpt-5.5' }],
    ['a pattern of its model', { model: 'gpt-*' }],
    ['its key by its name', { credential: 'second' }],
    ['its key as records name it', { credential: 'openai#second' }],
    ['its key and its model', { credential: 'second', model: '*' }],
    ['it for a time that is not over', { until: '2027-02-01' }],
  ])('holds where it names %s', (_, said) => {
    expect(stateOf(said)).toBe('disabled');
  });

  it.each<[string, Said]>([
    ['another provider', { provider: 'azure' }],
    ['another model', { model: 'gpt-5.5-mini' }],
    ['another key', { credential: 'first' }],
    ['its key for another model', { credential: 'second', model: 'o4' }],
    ['it until a moment that is past', { until: '2027-01-31T12:00:00Z' }],
  ])('does not where it names %s', (_, said) => {
    expect(stateOf(said)).toBeUndefined();
  });

  it('is that it is disabled where it is draining, too, in whatever order', () => {
    expect(stateOf({ state: 'draining' }, { state: 'disabled' })).toBe('disabled');
    expect(stateOf({ state: 'disabled' }, { state: 'draining' })).toBe('disabled');
    expect(stateOf({ state: 'disabled', until: '2027-01-01' }, { state: 'draining' })).toBe('draining');
  });

  it('need not be asked for where nothing is said', () => {
    expect(createAvailability([]).isEmpty).toBe(true);
  });
});
