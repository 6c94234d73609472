import { expect, it } from 'vitest';
import { checkStoreNetwork } from './check-store-network.ts';

const inside = { insideOnly: true, allowedHosts: ['9.9.9.9'] };
const pathsOf = (store: string, counters: string, rules = inside) =>
  checkStoreNetwork({ store, counters }, rules).map(({ path }) => path);

it('warns of a database outside where only inside may be reached', () => {
  expect(pathsOf('postgres://u:p@8.8.8.8/x', 'redis://[2606:4700::1]:6379')).toEqual(['store', 'counters']);
});

it.each([
  ['sqlite:/data/turnpike.db', 'memory'],
  ['postgres://u:p@10.0.0.1/x', 'postgres'],
  ['postgresql://u:p@db.corp.example/x', 'rediss://127.0.0.1:6379'],
  ['postgres://u:p@9.9.9.9/x', 'redis://[fd00::1]'],
  ['postgres://u:p@[not an address', 'memory'],
])('says nothing of %s and %s', (store, counters) => {
  expect(pathsOf(store, counters)).toEqual([]);
});

it('says nothing where anything may be reached', () => {
  expect(pathsOf('postgres://u:p@8.8.8.8/x', 'memory', { ...inside, insideOnly: false })).toEqual([]);
});
