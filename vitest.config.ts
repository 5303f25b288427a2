import { join } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Tests that drive the product from outside (processes, browsers, files) run in Node; all others in workerd. */
const NODE_TESTS = 'tests/{e2e,histories,migrations,package,repository,scripts}/**/*.test.ts';

/** Tests of the whole API over the shards of the Worker that is deployed to workerd: each file finds those empty. */
const DEPLOYED_TESTS = 'tests/{faults,http,resolvers,schema}/**/*.test.ts';

/** What campaigns enlarge and repeat. Tests in Node see the whole environment; those in workerd only what is passed on. */
const { SEED = '', RUNS = '' } = process.env;

/** A poll ends as soon as it succeeds; the default of one second is too short for a browser on a busy machine. */
const TIMEOUTS = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };

const workerd = () => cloudflareTest({ wrangler: { configPath: './tests/worker/wrangler.toml' } });

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [workerd()],
        test: {
          name: 'workerd',
          env: { SEED, RUNS },
          include: ['tests/**/*.test.ts'],
          exclude: [NODE_TESTS, DEPLOYED_TESTS],
          maxWorkers: '100%',
          // A new workerd for each file takes longer than most files. Theirs are shards of their own, with names of their own.
          isolate: false,
          ...TIMEOUTS,
        },
      },
      {
        plugins: [workerd()],
        test: {
          name: 'deployed',
          env: { SEED, RUNS },
          include: [DEPLOYED_TESTS],
          maxWorkers: '100%',
          // As above: a workerd for each file took most of the time. Its storage is emptied before each.
          isolate: false,
          setupFiles: ['tests/worker/own-storage.ts'],
          ...TIMEOUTS,
        },
      },
      {
        // For all files of a process, which share their modules: a mock of one file comes too late for what others have loaded.
        resolve: {
          alias: { 'cloudflare:workers': join(import.meta.dirname, 'tests/support/node/cloudflare-workers.ts') },
        },
        test: {
          name: 'node',
          include: [NODE_TESTS],
          globalSetup: ['tests/support/node/compile-cache.ts'],
          // Servers of one configuration are built once for all files of a process: `tests/support/server.ts`.
          isolate: false,
          // After those in workerd, which take all cores. Most wait for processes that they start: four at a time fill two cores.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          ...TIMEOUTS,
        },
      },
    ],
  },
});
