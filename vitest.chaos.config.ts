import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/gateway/test/chaos/**/*.chaos.ts'],
    testTimeout: 60_000,
    pool: 'threads',
  },
});
