/** What a bundle does when it is loaded, in Node: how the runtime pays for it does not show in what it answers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../../scripts/start/bundle-worker.ts';
import { readWorkerConfig } from '../../scripts/start/worker-config.ts';

const CONFIG = resolve(import.meta.dirname, '../../wrangler.toml');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shardql-bundle-'));
  const { main, define } = readWorkerConfig(CONFIG);
  await bundleWorker(main, join(folder, 'worker.mjs'), define);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (query: string) =>
  JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, 'load-bundle.ts'), join(folder, 'worker.mjs'), query], {
      encoding: 'utf8',
    }),
  );

describe('the bundle', () => {
  it('makes no error while it loads: the runtime would read all of it again, for the lines of the stack', () => {
    expect(load('{ __typename }')).toEqual({
      whileLoading: [],
      whileAnswering: [],
      answer: { data: { __typename: 'Query' } },
    });
  });

  it('makes errors as ever once it is loaded', () => {
    const { whileAnswering, answer } = load('{ nothing }');
    expect(whileAnswering).toContain('Cannot query field "nothing" on type "Query".');
    expect(answer.errors).toMatchObject([{ message: 'Cannot query field "nothing" on type "Query".' }]);
  });
});
