import { expect, it } from 'vitest';
import { deploymentOf } from '../../../test/kit/deployments.ts';
import { Failure } from '../../core/failure.ts';
import { failureToTell } from './failure-to-tell.ts';

const [a, b] = [deploymentOf({ provider: 'a' }), deploymentOf({ provider: 'b' })];
const refused = new Failure('upstream-credential-refused', 'Incorrect API key provided.');
const missing = new Failure('upstream-model-missing', 'No such model.');

it('tells of a refused key whose it is, so that nobody looks for the fault in their own', () => {
  const alone = failureToTell([{ deployment: a, failure: refused }], 'coder');
  expect(alone.code).toBe('upstream-credential-refused');
  expect(alone.message).toBe(
    'The gateway\'s own key for the provider "a" does not work; yours is fine. Tell whoever runs the gateway. (Incorrect API key provided.)',
  );
  const both = failureToTell(
    [
      { deployment: b, failure: missing },
      { deployment: a, failure: refused },
    ],
    'coder',
  );
  expect(both.message).toMatch(
    /^2 deployments of "coder" failed\. The last one: The gateway's own key for the provider "a"/,
  );
});

it('tells the failure of a lone deployment as it is', () => {
  expect(failureToTell([{ deployment: a, failure: missing }], 'coder')).toBe(missing);
});
