import { describe, expect, it } from 'vitest';
import { createProvider } from '../providers/create-provider.ts';
import { vendors } from '../providers/vendors.ts';
import type { Deployment, Plan } from './plan.ts';
import { continueTurn, isOwnTurnState, turnStateOf } from './turn-state.ts';

function deployment(name: string): Deployment {
  const vendor = vendors.get('openai');
  if (!vendor) throw new Error('the vendor openai is missing');
  const provider = createProvider({ name, vendor, credentials: [{ id: `${name}#1` }] });
  return { provider, model: 'm', credential: provider.credentials[0] };
}

const [first, second, third] = [deployment('first'), deployment('second'), deployment('third')];
const plan: Plan = [first, second, third];

describe('a turn that goes on', () => {
  it('begins with whoever served it before, and keeps the order of the others', () => {
    expect(continueTurn(plan, turnStateOf(second))).toEqual([second, first, third]);
  });

  it('follows the plan where nothing, a provider’s own state or a stranger is named', () => {
    for (const state of [undefined, 'opaque-of-a-provider', turnStateOf(deployment('stranger')), '~tpt1.damaged']) {
      expect(continueTurn(plan, state)).toEqual(plan);
    }
  });

  it('tells its own states from those of providers', () => {
    expect(isOwnTurnState(turnStateOf(first))).toBe(true);
    expect(isOwnTurnState('gAAAAAB…')).toBe(false);
  });
});
