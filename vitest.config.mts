import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // tfjs-node cannot be loaded by two worker threads of one process: every file gets a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ['test/setup-env.ts'],
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
