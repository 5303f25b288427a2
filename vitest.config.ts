import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Tests that drive the product from outside (processes, browsers, files) run in Node; all others in workerd. */
const NODE_TESTS = 'tests/{e2e,histories,repository,scripts}/**/*.test.ts';

/** What campaigns enlarge and repeat. Tests in Node see the whole environment; those in workerd only what is passed on. */
const { SEED = '', RUNS = '' } = process.env;

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './tests/worker/wrangler.toml' } })],
        test: {
          name: 'workerd',
          env: { SEED, RUNS },
          include: ['tests/**/*.test.ts'],
          exclude: [NODE_TESTS],
          maxWorkers: '100%',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'node',
          include: [NODE_TESTS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
