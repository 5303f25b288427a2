/** What the doctor says of a deployment of two Workers, and of several environments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../scripts/cli/doctor/checks.ts';
import { readProject } from '../../scripts/cli/doctor/project.ts';
import { Workplace } from './run-cli.ts';
import { STAGING as STAGING_AS_WRITTEN } from './staging.ts';

const PROJECT = join(import.meta.dirname, '../..');
const MODEL = join(PROJECT, 'src/schema/model.ts');
const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8');

/** The configurations of the demo, over Workers that do nothing. */
const API = read('wrangler.toml').replace('src/worker.ts', 'api.ts');
const STORAGE = read('wrangler.storage.toml').replace('src/storage.ts', 'storage.ts');

const withKv = (toml: string, id: string) => toml.replace('binding = "KV"\n', `binding = "KV"\nid = "${id}"\n`);

const STAGING = {
  api: withKv(STAGING_AS_WRITTEN.api, 'staging'),
  storage: withKv(STAGING_AS_WRITTEN.storage, 'staging'),
};

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write('api.ts', 'export default {}');
  place.write('storage.ts', 'export class Shard {}\nexport class Catalog {}\nexport class Monitor {}');
});
afterAll(() => place.remove());

async function problems(api: string, storage: string): Promise<string[]> {
  const config = place.write('wrangler.toml', api);
  place.write('wrangler.storage.toml', storage);
  const project = await readProject({ config, model: MODEL });
  return CHECKS.filter(({ isAdvice }) => !isAdvice).flatMap(({ run }) => run(project));
}

/** Replaces what is there. */
function changed(text: string, before: string, after: string): string {
  expect(text).toContain(before);
  return text.replace(before, after);
}

describe('two Workers', () => {
  it('that fit together are well', async () => {
    expect(await problems(API, STORAGE)).toEqual([]);
    expect(await problems(withKv(API, 'one'), withKv(STORAGE, 'one'))).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'no configuration has the name',
      API,
      changed(STORAGE, '"shardql-storage"', '"other"'),
      /^Expected a configuration of the Worker shardql-storage beside this one, .* but found none/,
    ],
    [
      'the catalog is of another Worker',
      changed(
        API,
        'class_name = "Catalog"\nscript_name = "shardql-storage"',
        'class_name = "Catalog"\nscript_name = "other"',
      ),
      STORAGE,
      /script_name of the Durable Object binding CATALOG to be "shardql-storage", .* but got "other"/,
    ],
    [
      'the shards lack a class',
      API,
      changed(STORAGE, 'class_name = "Shard"', 'class_name = "Shards"'),
      /wrangler\.storage\.toml: Expected class_name of the .* SHARD .* but got "Shards"/,
    ],
    [
      'the API binds a class that the shards do not export',
      changed(API, 'class_name = "Shard"', 'class_name = "Shards"'),
      STORAGE,
      /^Expected class_name of the .* SHARD to be a class that the Worker exports .* but got "Shards"\. Use "Shard"/,
    ],
    [
      'the API binds the class of other objects',
      changed(API, 'class_name = "Catalog"', 'class_name = "Shard"'),
      STORAGE,
      /^Expected class_name of the .* CATALOG to be "Catalog", but got "Shard"/,
    ],
    [
      'the shards have no monitor',
      API,
      changed(STORAGE, 'name = "MONITOR"', 'name = "WATCHED"'),
      /^Expected the Durable Object binding MONITOR in .*storage\.toml too, .*: shards would report to nobody/,
    ],
    [
      'the shards ask the catalog of another Worker',
      API,
      changed(STORAGE, 'class_name = "Catalog"', 'class_name = "Catalog"\nscript_name = "other"'),
      /storage\.toml: Expected no script_name of the Durable Object binding CATALOG, but got "other"/,
    ],
    [
      'the shards have no KV',
      API,
      changed(STORAGE, 'binding = "KV"', 'binding = "OTHER"'),
      /^Expected the KV namespace KV in .*wrangler\.storage\.toml too, .* cached answers would stay/,
    ],
    [
      'the shards have another KV',
      withKv(API, 'one'),
      withKv(STORAGE, 'two'),
      /^Expected the KV namespace KV to be the same .* but got two and one: cached answers would stay after writes/,
    ],
    [
      'one is in maintenance',
      changed(API, '[vars]', '[vars]\nSHARDQL_MAINTENANCE = "true"'),
      STORAGE,
      /^Expected SHARDQL_MAINTENANCE to be the same .* but got none and true/,
    ],
    [
      'the API has addresses of versions',
      changed(API, 'preview_urls = false', ''),
      STORAGE,
      /^Expected preview_urls = false, but got addresses for each version/,
    ],
    [
      'the shards have a secret in their configuration',
      API,
      `${STORAGE}[vars]\nBACKUP_SECRET = "s"`,
      /wrangler\.storage\.toml: vars\.BACKUP_SECRET looks like a secret/,
    ],
  ])('%s: that is told', async (_name, api, storage, problem) => {
    expect(await problems(api, storage)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('environments', () => {
  it('that have everything of their own are well', async () => {
    expect(await problems(API + STAGING.api, STORAGE + STAGING.storage)).toEqual([]);
  });

  it.each([
    ['the queue shardql-invalidations', 'shardql-invalidations-staging', 'shardql-invalidations'],
    ['the queue shardql-invalidations-dead', 'shardql-invalidations-dead-staging', 'shardql-invalidations-dead'],
  ])('that share %s are refused', async (shared, own, other) => {
    const api = API + STAGING.api.replaceAll(`"${own}"`, `"${other}"`);
    expect(await problems(api, STORAGE + STAGING.storage)).toEqual([
      `Expected env.staging to have its own, but got ${shared} of the default environment: one would take the other’s messages.`,
    ]);
  });

  it('that share KV, the shards, or a bucket are refused', async () => {
    const bucket = (env: string) => `[[${env}r2_buckets]]\nbinding = "LOG_ARCHIVE"\nbucket_name = "log"\n`;
    const api = withKv(API, 'staging') + STAGING.api.replaceAll('shardql-storage-staging', 'shardql-storage');
    const storage = `${withKv(STORAGE, 'staging')}${bucket('')}${STAGING.storage}name = "x"\n`;
    expect(await problems(api, storage.replace('name = "x"\n', bucket('env.staging.')))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^In env\.staging: Expected a configuration of the Worker shardql-storage beside/),
        expect.stringMatching(/got the KV namespace staging of the default .*: one would answer with the other’s rows/),
      ]),
    );
    const apart = withKv(API, 'staging') + STAGING.api;
    expect(await problems(apart, storage.replace('name = "x"\n', bucket('env.staging.')))).toEqual([
      expect.stringContaining('got the KV namespace staging of the default environment'),
      expect.stringContaining('got the R2 bucket log of the default environment'),
    ]);
  });

  it('are refused whose previews share what production has', async () => {
    const previews = '[previews]\nkv_namespaces = [{ binding = "KV", id = "one" }]\n';
    expect(await problems(`${withKv(API, 'one')}${previews}`, withKv(STORAGE, 'one'))).toEqual([
      expect.stringMatching(/^Expected previews to have their own, but got the KV namespace one of what they preview/),
    ]);
    const api = withKv(API, 'one').replace('id = "one"', 'id = "one"\npreview_id = "one"');
    expect(await problems(api, withKv(STORAGE, 'one'))).toEqual([expect.stringMatching(/^Expected previews to have/)]);
  });

  it('name queues of dead letters so that the Worker knows them', async () => {
    const staging = STAGING.api.replaceAll('shardql-invalidations-dead-staging', 'shardql-lost-staging');
    expect(await problems(API + staging, STORAGE + STAGING.storage)).toEqual([
      expect.stringMatching(/^In env\.staging: Expected a name with -dead .* but got "shardql-lost-staging"/),
    ]);
    const events = API.replaceAll('"shardql-invalidations"', '"shardql-dead-events"');
    expect(await problems(events, STORAGE)).toEqual([
      expect.stringMatching(/^Expected a name without -dead for the queue of INVALIDATIONS, but got/),
    ]);
  });
});
