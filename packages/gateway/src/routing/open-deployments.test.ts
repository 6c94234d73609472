import { type DeploymentState, deploymentState } from '@turnpike/contract/resources/deployment-state';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { createAvailability } from './availability.ts';
import { openDeployments } from './open-deployments.ts';
import type { Deployment, Plan } from './plan.ts';

const nowMs = Date.parse('2027-01-31T12:00:00Z');
const [one, two] = [deploymentOf({ provider: 'azure', key: 'a' }), deploymentOf({ provider: 'openai', key: 'b' })];
const plan: Plan = [one, two];

function opened(said: readonly Partial<DeploymentState>[], there?: Deployment) {
  const availability = createAvailability(
    said.map((each, index) =>
      deploymentState.parse({ id: `s${index}`, provider: 'azure', state: 'disabled', ...each }),
    ),
  );
  return openDeployments(plan, { availability, nowMs, isThere: (deployment) => deployment === there });
}

describe('what is left open of a plan', () => {
  it('is the plan itself where nobody has said anything of what is in it', () => {
    expect(opened([]).plan).toBe(plan);
    expect(opened([{ provider: 'other' }]).plan).toBe(plan);
  });

  it('lacks what is disabled, and tells why', () => {
    expect(opened([{ reason: 'moves' }], one)).toEqual({
      plan: [two],
      excluded: [{ provider: 'azure', model: 'm', credential: 'azure#a', why: 'disabled', detail: 'moves' }],
    });
  });

  it('lacks what is draining, but for sessions that are there', () => {
    const draining = [{ state: 'draining' as const }];
    expect(opened(draining).plan).toEqual([two]);
    expect(opened(draining, two).plan).toEqual([two]);
    expect(opened(draining, one).plan).toBe(plan);
  });

  it('is the same array for all newcomers, until one of those that are left out is back', () => {
    const availability = createAvailability([
      deploymentState.parse({ id: 's', provider: 'azure', state: 'draining', until: '2027-01-31T12:01:00Z' }),
    ]);
    const planAt = (passedMs: number, isThere = () => false) =>
      openDeployments(plan, { availability, nowMs: nowMs + passedMs, isThere }).plan;
    expect(planAt(0)).toEqual([two]);
    expect(planAt(59_999)).toBe(planAt(0));
    expect(planAt(0, () => true)).toEqual(plan);
    expect(planAt(60_000)).toBe(plan);
  });

  it('is nothing, which the caller is told in the words of whoever said so, and when it ends', () => {
    const all = [{ reason: 'too expensive' }, { provider: 'openai', until: '2027-01-31T12:01:00Z' }];
    expect(() => opened(all)).toThrow(
      expect.objectContaining({
        code: 'not-ready',
        retryAfterMs: 60_000,
        message:
          'Nobody can answer right now: "azure/m" was disabled (too expensive), "openai/m" was disabled. Ask whoever runs the gateway, or for another model.',
      }),
    );
  });
});
