import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    // Many tests wait for servers and programs, so two workers share even a single core well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // No module keeps state, so files may share the modules that a worker has loaded: importing them anew for each took most of the time.
    isolate: false,
    // For files whose tests mostly wait. A worker takes this number once, so a file cannot set its own.
    maxConcurrency: 60,
  },
});
