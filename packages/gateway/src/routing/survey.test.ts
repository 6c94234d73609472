import { type DeploymentState, deploymentState } from '@turnpike/contract/resources/deployment-state';
import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { virtualClock } from '../../test/kit/deployments.ts';
import { Failure } from '../core/failure.ts';
import { createAvailability } from './availability.ts';
import { createHealth } from './health.ts';
import { planRoute } from './plan.ts';
import { surveyDeployments } from './survey.ts';
import { createVitals } from './vitals.ts';

const document = `
providers:
  pool:
    kind: openai-compatible
    base_url: http://127.0.0.1:9/v1
    keys: [{ name: a, value: sk-a }, { name: b, value: sk-b, models: ["large"] }]
  spare: { kind: openai-compatible, base_url: "http://127.0.0.1:8/v1", keyless: true }
models:
  coder: { targets: [pool/large], fallbacks: [pool/small] }
  fast: { targets: [pool/small] }
`;

async function open() {
  const clock = virtualClock(1_000_000);
  const { snapshot } = await goodConfiguration(document);
  const health = createHealth({ clock, random: () => 0.5, isCurrent: () => true });
  const vitals = createVitals(clock);
  const survey = (said: readonly Partial<DeploymentState>[] = []) => {
    const states = said.map((each, index) =>
      deploymentState.parse({ id: `s${index}`, provider: 'pool', state: 'disabled', ...each }),
    );
    const availability = createAvailability(states);
    return surveyDeployments({ snapshot, health, availability, vitals, nowMs: clock.now() });
  };
  const fail = (name: string, failure: Failure) => health.begin(planRoute(name, snapshot)[0])(failure);
  return { survey, fail, vitals };
}

const named = (rows: ReturnType<Awaited<ReturnType<typeof open>>['survey']>) =>
  rows.map(({ model = '*', credential, names, state }) => `${credential} ${model} [${names.join(' ')}] ${state}`);

describe('a survey of deployments', () => {
  it('has what aliases lead to, by their names, and every other key once', async () => {
    const { survey } = await open();
    expect(named(survey())).toEqual([
      'pool#a large [coder] ready',
      'pool#b large [coder] ready',
      'pool#a small [coder fast] ready',
      'spare#1 * [] ready',
    ]);
  });

  it('has what was asked lately by a plain name, and what failed', async () => {
    const { survey, fail, vitals } = await open();
    vitals.begin('spare/tiny spare#1');
    vitals.begin('gone/m gone#1');
    fail('pool/odd', new Failure('upstream-model-missing', 'What?'));
    expect(survey().find(({ model }) => model === 'tiny')).toMatchObject({ inFlight: 1 });
    expect(named(survey()).slice(3)).toEqual(['spare#1 tiny [] ready', 'pool#a odd [] resting']);
  });

  it('tells why one rests, and for how long', async () => {
    const { survey, fail } = await open();
    fail('coder', new Failure('upstream-rate-limited', 'Slowly.', { retryAfterMs: 60_000 }));
    expect(survey()[0]).toMatchObject({
      state: 'resting',
      why: 'rate-limited',
      untilMs: 1_060_000,
      failuresInARow: 1,
    });
  });

  it('tells what operators say before how it is', async () => {
    const { survey, fail } = await open();
    fail('coder', new Failure('upstream-rate-limited', 'Slowly.', { retryAfterMs: 60_000 }));
    const [first, second] = survey([{ credential: 'a', state: 'draining', reason: 'moves', until: '2027-01-31' }]);
    expect(first).toMatchObject({ state: 'draining', reason: 'moves', untilMs: Date.parse('2027-01-31') });
    expect(first).not.toHaveProperty('why');
    expect(second).toMatchObject({ state: 'ready' });
  });
});
