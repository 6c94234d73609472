import { configDocument } from '@turnpike/contract/config';
import type { Checks } from '../../src/config/check-resource.ts';
import { createRuleMaker } from '../../src/config/rule-maker.ts';

const document = configDocument.parse({
  providers: { openai: {} },
  models: { coder: { targets: ['openai/gpt-5.5'] } },
});

/** Checks of a control plane: all names of somebody's own lead somewhere, all states close something, and rules know one model. */
export const resourceChecks: Checks = {
  checkNames: () => {},
  checkRule: createRuleMaker({ document, names: { patterns: [] } }).check,
  checkState: () => {},
};
