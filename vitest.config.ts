import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Tests that drive the product from outside (processes, browsers, files) run in Node; all others in workerd. */
const NODE_TESTS = 'tests/{e2e,repository,scripts}/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './tests/worker/wrangler.toml' } })],
        test: {
          name: 'workerd',
          include: ['tests/**/*.test.ts'],
          exclude: [NODE_TESTS],
          testTimeout: 30_000,
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
