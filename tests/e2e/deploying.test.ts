/** The steps of docs/deploying.md, for a project of its own: an account in memory, wrangler as it is, and no deploy but dry runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUp } from '../../scripts/cli/setup/set-up.ts';
import { fingerprint } from '../../scripts/deploy/fingerprint.ts';
import { readDeployment } from '../../scripts/project/deployment.ts';
import { Workplace } from '../scripts/run-cli.ts';
import { STAGING } from '../scripts/staging.ts';
import { AccountInMemory } from '../support/account/account-in-memory.ts';
import { runScript } from '../support/run-script.ts';

const PROJECT = join(import.meta.dirname, '../..');
const MODELS = join(PROJECT, 'tests/models/values');

/** The names of the demo are not this project's. */
const ofNotes = (name: string) =>
  readFileSync(join(PROJECT, name), 'utf8')
    .replaceAll('shardql', 'notes')
    .replace(/main = "src\//, 'main = "');
const PAGE = readFileSync(join(PROJECT, 'docs/deploying.md'), 'utf8');

/** The files of a project as the page shows them, over a model that is there. */
const SHOWN = [...PAGE.matchAll(/^```ts\n\/\/ helpdesk\/(\S+)\n(.*?)^```/gms)].map(([, name, code]) => ({
  name: name!,
  code: code!.replaceAll("'./", `'${MODELS}/`).replaceAll("'../src/", `'${PROJECT}/src/`),
}));

let place: Workplace;
const account = new AccountInMemory();
let config: string;
beforeAll(() => {
  place = new Workplace();
  for (const { name, code } of SHOWN) place.write(name, code);
  const staging = (toml: string) => toml.replaceAll('shardql', 'notes');
  config = place.write('wrangler.toml', ofNotes('wrangler.toml') + staging(STAGING.api));
  place.write('wrangler.storage.toml', ofNotes('wrangler.storage.toml') + staging(STAGING.storage));
});
afterAll(() => {
  place.remove();
});

const deploy = (...args: string[]) =>
  runScript('scripts/deploy.ts', '--config', config, '--model', join(MODELS, 'model.ts'), ...args);
const setUpIn = (env: string) => setUp({ config, env, dryRun: false }, () => {}, account.open(`notes ${env}`));

describe('a project of its own', () => {
  it('is not deployed before it is set up, since each Worker would be given a KV of its own', async () => {
    expect(await deploy()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^Expected the id of the KV namespace in .*wrangler\.storage\.toml, but found none\. Run: npm run shardql -- setup --config /,
      ),
    });
  });

  it('is set up, then built as it is deployed, the shards first; staging beside production', async () => {
    expect(await setUpIn('')).toBe(true);
    expect(await setUpIn('staging')).toBe(true);
    expect([...account.queues.keys()]).toEqual([
      'notes-invalidations',
      'notes-invalidations-dead',
      'notes-invalidations-staging',
      'notes-invalidations-dead-staging',
    ]);

    const built = await deploy('--dry-run', '--env', 'staging');
    expect(built.stdout).not.toMatch(/^WRONG/m);
    // Such as one of settings that an environment does not inherit.
    expect(built.stdout + built.stderr).not.toContain('WARNING');
    expect(built.status).toBe(0);
    // What wrangler says that it would bind.
    const bound = [...built.stdout.matchAll(/^env\.(\w+) \(([^)]*)\)/gm)].map(([, name, to]) => `${name}: ${to}`);
    expect(bound).toEqual([
      'SHARD: Shard',
      'CATALOG: Catalog',
      'MONITOR: Monitor',
      'KV: id-of-staging-notes-kv',
      'SHARD: Shard, defined in notes-storage-staging',
      'CATALOG: Catalog, defined in notes-storage-staging',
      'MONITOR: Monitor, defined in notes-storage-staging',
      'KV: id-of-staging-notes-kv',
      'INVALIDATIONS: notes-invalidations-staging',
      'SHARDQL_SHARDS: "2"',
      'SHARDQL_AUDIT_SHARE: "0.01"',
    ]);
    expect(built.stdout.match(/--dry-run: exiting now/g)).toHaveLength(2);
  }, 300_000);

  it('has shards that a change of the API leaves as they are, and one of their code or settings does not', async () => {
    const tagOfShards = () => fingerprint(readDeployment(config, '').storage!);
    const before = await tagOfShards();
    place.write('worker.ts', `${readFileSync(join(place.folder, 'worker.ts'), 'utf8')}export const more = 1;\n`);
    expect(await tagOfShards()).toBe(before);
    const storage = readFileSync(join(place.folder, 'wrangler.storage.toml'), 'utf8');
    place.write('wrangler.storage.toml', storage.replace('[observability]', '[vars]\nX = "1"\n[observability]'));
    expect(await tagOfShards()).not.toBe(before);
    place.write('wrangler.storage.toml', storage);
    const code = readFileSync(join(place.folder, 'storage.ts'), 'utf8');
    place.write('storage.ts', code.replace('migrations: bundle }', 'migrations: bundle, log: { maxAgeDays: 3 } }'));
    expect(await tagOfShards()).not.toBe(before);
  });
});
