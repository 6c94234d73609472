import { expect, it } from 'vitest';
import { deploymentOf } from '../../../test/kit/deployments.ts';
import { inboundOf } from '../../../test/kit/inbound.ts';
import { Failure } from '../../core/failure.ts';
import type { Course } from './course.ts';
import type { OpenOne } from './race.ts';
import { withRenewedKey } from './renewed-key.ts';

const old = deploymentOf({ provider: 'a' });
const renewed = deploymentOf({ provider: 'a' });
const refused = new Failure('upstream-credential-refused', 'Incorrect API key.');

function courseWith(signal = new AbortController().signal): Course {
  return {
    inbound: inboundOf({ signal }),
    hedge: false,
    ended: undefined,
    sent: () => undefined,
    win: () => undefined,
  };
}

/** Fails so often, and then answers. */
function failing(times: number, failure = refused) {
  const asked: unknown[] = [];
  const open: OpenOne<string> = (deployment) => {
    asked.push(deployment);
    return asked.length > times ? Promise.resolve('answer') : Promise.reject(failure);
  };
  return { asked, open };
}

it('asks once more with the new value of a key that was refused', async () => {
  const { asked, open } = failing(1);
  expect(await withRenewedKey(open, () => Promise.resolve(renewed))(old, courseWith())).toBe('answer');
  expect(asked).toEqual([old, renewed]);
  expect(asked[1]).toBe(renewed);
});

it('asks only once more', async () => {
  const { asked, open } = failing(2);
  await expect(withRenewedKey(open, () => Promise.resolve(renewed))(old, courseWith())).rejects.toBe(refused);
  expect(asked).toHaveLength(2);
});

it.each([
  ['the key is the same', refused, () => Promise.resolve(undefined)],
  ['something else went wrong', new Failure('upstream-error', 'Broken.'), () => Promise.resolve(renewed)],
])('lets the failure be where %s', async (_, failure, renew) => {
  const { asked, open } = failing(1, failure);
  await expect(withRenewedKey(open, renew)(old, courseWith())).rejects.toBe(failure);
  expect(asked).toHaveLength(1);
});

it('waits for no file longer than anybody waits for the answer', async () => {
  const leaving = new AbortController();
  const { open } = failing(1);
  const asking = withRenewedKey(open, () => new Promise<undefined>(() => undefined))(old, courseWith(leaving.signal));
  leaving.abort();
  await expect(asking).rejects.toBe(refused);
});
