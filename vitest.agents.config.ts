import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/gateway/test/agents/**/*.agent.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    // Agents start processes of their own; more at once only makes them slower.
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
