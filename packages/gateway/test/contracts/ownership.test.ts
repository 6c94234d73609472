import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { acquireSoleOwnership } from '../../src/store/sole-ownership.ts';
import { describeStores } from '../kit/stores.ts';

const neverLost = (reason: string) => {
  throw new Error(reason);
};

describeStores(['sqlite', 'sqlite-thread', 'postgres'], (kit) => {
  it('one process owns the store, and another one is told who', async () => {
    const url = await kit.newUrl();
    const first = await kit.open(url);
    const ownership = await acquireSoleOwnership(first, neverLost);
    const second = await kit.open(url);
    await expect(acquireSoleOwnership(second, neverLost)).rejects.toThrow(new RegExp(`in use by .*${process.pid} on`));
    expect(await second.db.selectFrom('sequences').selectAll().execute()).toHaveLength(2);
    await ownership.release();
    await first.close();
    await acquireSoleOwnership(second, neverLost).then(({ release }) => release());
  });

  it('two stores do not stand in each other’s way', async () => {
    const owners = await Promise.all([kit.open(), kit.open(await kit.emptyUrl())]);
    const owned = await Promise.all(owners.map((database) => acquireSoleOwnership(database, neverLost)));
    expect(owned).toHaveLength(2);
    await Promise.all(owned.map(({ release }) => release()));
  });
});

describeStores(['postgres'], (kit) => {
  it('the owner takes the store again when its connection broke, and learns when another was faster', async () => {
    const url = await kit.newUrl();
    const [first, second] = [await kit.open(url), await kit.open(url)];
    const told = vi.fn<(reason: string) => void>();
    const ownership = await acquireSoleOwnership(first, told);
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`.execute(second.db);
    // Whoever comes first has it; the other one is told.
    const rival = await acquireSoleOwnership(second, told).catch((error: Error) => told(error.message));
    await vi.waitFor(
      () => expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/in use by turnpike \d+ on/)),
      5_000,
    );
    await rival?.release();
    await ownership.release();
  });
});
