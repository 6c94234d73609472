import { expect, it } from 'vitest';
import { keyResource, resource } from '../../test/kit/identity.ts';
import { openIdentity } from './open-identity.ts';

const clock = { now: () => 0, monotonicMs: () => 0 };

it('knows the document’s keys, follows its changes, and tells what does not fit', async () => {
  const lines: string[] = [];
  const line = (message: string) => void lines.push(message);
  const identity = await openIdentity({
    encryptionKeys: [Buffer.alloc(32)],
    resources: [keyResource('vk-one', { id: 'one', team: 'core' }), { resource: resource('teams', { id: 'core' }) }],
    fetchJson: () => expect.fail('nobody is to be asked'),
    clock,
    log: { info: line, warn: line, error: line },
  });
  const { authenticator } = identity;
  expect(authenticator.authenticate({ key: 'vk-one' })).toMatchObject({ key: 'one', team: 'core' });
  expect(lines).toEqual([]);
  const many = Array.from({ length: 30 }, (_, index) =>
    keyResource(`vk-${index}`, { id: `k${index}`, user: 'nobody' }),
  );
  identity.replaceFile(many);
  expect(() => authenticator.authenticate({ key: 'vk-one' })).toThrow(/not known/);
  expect(() => authenticator.authenticate({ key: 'vk-7' })).toThrow(/user "nobody", which does not exist/);
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe('and 10 more like these');
  await identity.close();
});
