import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { deploymentName } from './deployment-name.ts';
import { isOwnTurnState, nameInTurnState, turnStateOf } from './turn-state.ts';

describe('a turn’s state', () => {
  it('names the deployment that it is of', () => {
    const deployment = deploymentOf({ provider: 'groq', model: 'org/model', key: 'second' });
    expect(nameInTurnState(turnStateOf(deployment))).toBe(deploymentName(deployment));
    expect(deploymentName(deployment)).toBe('groq/org/model groq#second');
  });

  it('names nobody where it is a provider’s own, damaged, or anything else', () => {
    for (const state of ['', 'opaque-of-a-provider', '~tpt1.', '~tpt1.damaged', '~tpt1.W10']) {
      expect(nameInTurnState(state)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => nameInTurnState(`~tpt1.${text}`) === undefined));
  });

  it('can be told from the states of providers', () => {
    expect(isOwnTurnState(turnStateOf(deploymentOf({})))).toBe(true);
    expect(isOwnTurnState('gAAAAAB…')).toBe(false);
  });
});
