import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliError } from '../../scripts/cli/cli-error.ts';
import { missingRateLimits, tablesWithoutRules } from '../../scripts/cli/doctor/access-problems.ts';
import { CHECKS } from '../../scripts/cli/doctor/checks.ts';
import { examine, showFinding } from '../../scripts/cli/doctor/examine.ts';
import { missingIndexes } from '../../scripts/cli/doctor/missing-indexes.ts';
import { readProject } from '../../scripts/cli/doctor/project.ts';
import { unindexedFilters } from '../../scripts/cli/doctor/unindexed-filters.ts';
import model from '../../src/schema/model.ts';
import { runScript } from '../support/run-script.ts';
import { Workplace } from './run-cli.ts';

const PROJECT = join(import.meta.dirname, '../..');
const MODEL = join(PROJECT, 'src/schema/model.ts');
/** The demo's model, with the shards in the API's Worker. */
const ONE_WORKER = join(PROJECT, 'examples/small-shards/worker.ts');

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

/** API and shards in one, whose queue stands aside for those of the tests. */
const own = readFileSync(join(import.meta.dirname, 'one-worker.toml'), 'utf8').replace('"INVALIDATIONS"', '"EVENTS"');
const consumer = (deadLetters?: string) =>
  `[[queues.consumers]]\nqueue = "relay"\n${deadLetters ? `dead_letter_queue = "${deadLetters}"\n` : ''}`;
const producer = (binding: string) => `[[queues.producers]]\nbinding = "${binding}"\nqueue = "relay"\n`;
const examineConfig = async (toml: string) => {
  place.write('worker.ts', 'export class Shard {}\nexport class Catalog {}\nexport class Monitor {}');
  const config = place.write('wrangler.toml', toml.replace('src/worker.ts', 'worker.ts'));
  const project = await readProject({ config, model: MODEL });
  return CHECKS.filter(({ isAdvice }) => !isAdvice).flatMap(({ run }) => run(project));
};

describe('npm run shardql -- doctor', () => {
  it('finds nothing wrong with the demo', async () => {
    const { code, stdout } = await place.run(['doctor', '--config', join(PROJECT, 'wrangler.toml'), '--json']);
    expect(code).toBe(0);
    const advice: Readonly<Record<string, readonly unknown[]>> = {
      'rate limits': [expect.stringContaining('Consider rate limits')],
      'options of the Worker': [expect.stringContaining('Consider authenticate')],
      'domain, logs and CPU': [expect.stringContaining('Consider a domain of your own')],
    };
    expect(JSON.parse(stdout).findings).toEqual(
      CHECKS.map(({ name }) => ({ check: name, problems: [], advice: advice[name] ?? [] })),
    );
  });

  it.each([
    ['[vars]', '[vars]\nSHARDQL_DEVELOPMENT = "true"', /SHARDQL_DEVELOPMENT gives the developer role/],
    ['[vars]', '[vars]\nSHARDQL_OPERATOR_TOKEN = "s"', /SHARDQL_OPERATOR_TOKEN is a secret in a file/],
    [
      '[vars]',
      '[assets]\ndirectory = "."\nbinding = "ASSETS"\nnot_found_handling = "single-page-application"\nrun_worker_first = ["/graphql"]\n\n[vars]',
      /run_worker_first to have \/console, but found it without.*run_worker_first = \["\/graphql","\/console"\]/,
    ],
    ['[vars]', '[vars]\nJWT_SECRET = "s"', /vars\.JWT_SECRET looks like a secret in a file/],
    ['[vars]', '[vars]\nSTRIPE_API_KEY = "s"', /vars\.STRIPE_API_KEY looks like a secret/],
    [
      'name = "CATALOG"',
      'name = "RATE_LIMITER"\nclass_name = "Shard"\n\n[[durable_objects.bindings]]\nname = "CATALOG"',
      /class_name of the .* RATE_LIMITER to be "RateLimiter", but got "Shard"/,
    ],
    [
      '[vars]',
      '[[ratelimits]]\nname = "RATE_LIMIT_CALLERS"\nnamespace_id = "1"\nsimple = { limit = 1, period = 60 }\n[vars]',
      /Expected a binding or variable RATE_LIMIT_CALLER, but got RATE_LIMIT_CALLERS/,
    ],
    ['compatibility_date = "2026-10-01"', '', /Expected a compatibility_date/],
    ['new_sqlite_classes = ["Shard", "Catalog"]', 'new_sqlite_classes = ["Shard"]', /Expected Catalog in new_sqlite/],
    ['name = "CATALOG"', 'name = "OTHER"', /^Expected a Durable Object binding CATALOG, but found none\. Add it/],
    ['name = "SHARD"', 'name = "SHARDS"', /^Expected a Durable Object binding SHARD, but found SHARDS\. Rename it\.$/],
    [
      'class_name = "Shard"',
      'class_name = "Shardd"',
      /^Expected class_name of the .* SHARD to be a class that the Worker exports \(Catalog, Monitor, Shard\), but got "Shardd"\. Use "Shard"\.$/,
    ],
    ['class_name = "Catalog"', 'class_name = "Shard"', /class_name of the .* CATALOG to be "Catalog", but got "Shard"/],
    [
      '["Shard", "Catalog"]',
      '["Shard", "Catalog", "Old"]',
      /classes that the Worker exports in .* "v1", but got "Old"/,
    ],
    [
      'new_sqlite_classes = ["Shard", "Catalog"]',
      'new_sqlite_classes = ["Shard"]\nnew_classes = ["Catalog"]',
      /Expected Catalog in new_sqlite_classes of a migration, but found it in new_classes of "v1"/,
    ],
    [
      'tag = "v1"',
      'tag = "v1"\n[[migrations]]\ntag = "v1"',
      /Expected each migration to have a tag of its own, but got "v1" more than once/,
    ],
    ['binding = "KV"', 'binding = "KVS"', /Expected a binding or variable KV, but got KVS, which nothing looks for/],
    [
      'binding = "EVENTS"',
      'binding = "Invalidation"',
      /Expected a binding or variable INVALIDATIONS, but got Invalidation/,
    ],
    [
      '[vars]',
      '[[r2_buckets]]\nbinding = "LOG_ARCHIVES"\nbucket_name = "log"\n[vars]',
      /Expected a binding or variable LOG_ARCHIVE, but got LOG_ARCHIVES, which nothing looks for/,
    ],
    ['SHARDQL_SHARDS =', 'SHARDQL_SHARD =', /Expected a binding or variable SHARDQL_SHARDS, but got SHARDQL_SHARD,/],
    ['[vars]', `${consumer()}[vars]`, /dead_letter_queue of the consumer of relay, but found none: .* lost/],
    ['[vars]', `${consumer('relay')}[vars]`, /dead_letter_queue .* another queue, but got the same/],
    ['[vars]', `${producer('INVALIDATIONS')}[vars]`, /Expected a consumer of relay, to which INVALIDATIONS sends/],
    [
      'tag = "v1"',
      'tag = "v0"\ndeleted_classes = ["Shard"]\n[[migrations]]\ntag = "v1"',
      /Expected Shard in deleted_classes of no migration, but found it in "v0"/,
    ],
  ])('tells what is wrong if %s is %s', async (before, after, problem) => {
    expect(own).toContain(before);
    const problems = await examineConfig(own.replace(before, after));
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    ['a consumer with a dead-letter queue', producer('INVALIDATIONS') + consumer('relay-dead')],
    ['a producer whose messages another Worker may take', producer('MAILS')],
    ['a KV namespace of the project itself', '[[kv_namespaces]]\nbinding = "CACHE"\n'],
    [
      'a class that was there once',
      '[[migrations]]\ntag = "v8"\nnew_sqlite_classes = ["Old"]\n[[migrations]]\ntag = "v9"\ndeleted_classes = ["Old"]\n',
    ],
  ])('finds nothing wrong with %s', async (_, toml) => {
    expect(await examineConfig(own.replace('[vars]', `${toml}[vars]`))).toEqual([]);
  });

  it('examines each environment, since each can be deployed by itself', async () => {
    const objects = 'SHARD Shard, CATALOG Catalog'.replace(/(\w+) (\w+)/g, '{ name = "$1", class_name = "$2" }');
    const problems = await examineConfig(`${own}
[env.open]
vars = { SHARDQL_DEVELOPMENT = "1" }
durable_objects = { bindings = [${objects}] }
migrations = [{ tag = "v1", new_sqlite_classes = ["Shard", "Catalog"] }]
[env.bare]
`);
    expect(problems).toEqual([
      expect.stringMatching(/^In env\.open: vars\.SHARDQL_DEVELOPMENT gives the developer role/),
      expect.stringMatching(/^In env\.bare: Expected a Durable Object binding SHARD, but found none/),
      expect.stringMatching(/^In env\.bare: Expected a Durable Object binding CATALOG, but found none/),
    ]);
  });

  it('advises what may be bound besides', async () => {
    const bare = own.replace(/\[\[kv_namespaces[\s\S]*?(?=\n\[\[migrations)/, '');
    const config = place.write('bare.toml', bare.replace('src/worker.ts', ONE_WORKER));
    const findings = await examine({ config, model: MODEL });
    expect(findings.flatMap(({ problems }) => problems)).toEqual([]);
    const ofConfig = findings.filter(({ check }) => check !== 'options of the Worker');
    expect(ofConfig.flatMap(({ advice }) => advice)).toEqual([
      expect.stringMatching(/^Consider rate limits/),
      expect.stringMatching(/^Consider a KV namespace KV/),
      expect.stringMatching(/^Consider a queue INVALIDATIONS/),
      expect.stringMatching(/^Consider \[version_metadata\] with the binding CF_VERSION_METADATA/),
    ]);
  });

  it('advises rules for tables that have none, and limits where nothing counts', async () => {
    expect(tablesWithoutRules(model)).toEqual([]);
    const bare = { ...model, roles: new Map() };
    expect(tablesWithoutRules(bare)).toEqual([expect.stringContaining('no table has any')]);
    const part = new Map([['customer', new Map([...model.roles.get('customer')!].slice(1))]]);
    expect(tablesWithoutRules({ ...model, roles: part })).toContainEqual(
      expect.stringMatching(/^Consider access rules for \w+:/),
    );
    const limit =
      '[[ratelimits]]\nname = "RATE_LIMIT_CALLER"\nnamespace_id = "1"\nsimple = { limit = 1, period = 60 }\n';
    expect(await examineConfig(own.replace('[vars]', `${limit}[vars]`))).toEqual([]);
    const config = place.write(
      'limited.toml',
      own.replace('[vars]', `${limit}[vars]`).replace('src/worker.ts', 'worker.ts'),
    );
    const project = await readProject({ config, model: MODEL });
    expect(project.environments.flatMap((environment) => missingRateLimits(environment.config))).toEqual([]);
  });

  it('advises indexes for times and enums, where lists of a shard key would read all its rows', async () => {
    expect(unindexedFilters(model)).toEqual([]);
    const tables = model.tables.map((table) => ({ ...table, indexes: [] }));
    expect(unindexedFilters({ ...model, tables }).map((advice) => /on (.*?):/.exec(advice)?.[1])).toEqual([
      'customers (tenant_id, created_at)',
      'products (tenant_id, created_at)',
      'orders (tenant_id, status)',
      'orders (tenant_id, created_at)',
      'reviews (tenant_id, created_at)',
    ]);
    const findings = await examine({ config: join(PROJECT, 'examples/openflights/wrangler.toml') });
    expect(findings.flatMap(({ problems }) => problems)).toEqual([]);
    expect(findings.map(showFinding).join('\n')).toMatch(
      /^advice indexes of filters and orders\n {2}Consider an index on airports \(country, dst\)/m,
    );
  });

  it('comes before a deploy of the same configuration, which it stops', async () => {
    const deploy = (config: string) =>
      runScript('scripts/deploy.ts', '--config', config, '--model', MODEL, '--dry-run');
    const sound = place.write('sound.toml', own.replace('src/worker.ts', ONE_WORKER));
    const wrong = place.write(
      'wrong.toml',
      own.replace('src/worker.ts', ONE_WORKER).replace('"CATALOG"', '"CATALOGUE"'),
    );
    const refused = await deploy(wrong);
    expect(refused.stdout).toMatch(/^WRONG {2}bindings, classes and their migrations\n {2}Expected .* CATALOG, but/m);
    expect(refused.stdout).not.toContain('--dry-run: exiting');
    expect(refused.status).toBe(1);
    const { status, stdout } = await deploy(sound);
    expect(stdout).toContain('--dry-run: exiting');
    expect(status).toBe(0);
    expect(await deploy('none.toml')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'Expected a wrangler.toml at none.toml, but found no file.\n',
    });
  });

  it('tells migrations that are older than the model, and those that are missing', async () => {
    const project = await readProject({ config: join(PROJECT, 'wrangler.toml') });
    const checks = CHECKS.filter(({ isAdvice }) => !isAdvice);
    const problemsWith = (bundle: typeof project.bundle) => checks.flatMap(({ run }) => run({ ...project, bundle }));
    expect(problemsWith(null)).toEqual([expect.stringContaining('Run npm run db:generate')]);
    expect(problemsWith({ ...project.bundle!, physicalHash: 'other' })).toEqual([
      expect.stringContaining('before it was changed'),
    ]);
  });

  it('tells relations and foreign keys that no index serves', () => {
    expect(missingIndexes(model)).toEqual([]);
    const tables = model.tables.map((table) =>
      table.typeName === 'OrderItem' ? { ...table, indexes: [], uniqueKeys: [] } : table,
    );
    const bare = { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
    expect(missingIndexes(bare)).toEqual([
      expect.stringMatching(
        /^Expected an index on order_items \(tenant_id, product_id\) for .*Product.*, but found none/,
      ),
      expect.stringMatching(/^Expected an index on order_items \(tenant_id, order_id\) for .*Order.*, but found none/),
    ]);
  });

  it('exits with 1 if something is wrong, with 2 if there is nothing to examine', async () => {
    const config = place.write(
      'wrangler.toml',
      own.replace('src/worker.ts', 'worker.ts').replace('[vars]', '[vars]\nSHARDQL_DEVELOPMENT = "true"'),
    );
    const wrong = await place.run(['doctor', '--config', config, '--model', MODEL]);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^WRONG {2}no open developer role\n {2}vars\.SHARDQL_DEVELOPMENT/);
    const { code, stderr } = await place.run(['doctor', '--config', 'none.toml']);
    expect(stderr).toBe('Expected a wrangler.toml at none.toml, but found no file.\n');
    expect(code).toBe(2);
  });

  it('tells all that is wrong with a model, and nothing else', async () => {
    const broken = place.write(
      'broken.ts',
      `import { sqliteTable, text } from '${PROJECT}/node_modules/drizzle-orm/sqlite-core/index.js';
import { defineModel } from '${PROJECT}/src/model/define-model.ts';
const notes = sqliteTable('notes', { id: text().primaryKey() });
export default defineModel({ Note: { table: notes, shardKey: 'key' }, Query: { table: notes, shardKey: 'id' } } as never);
`,
    );
    const outcome = await place.run(['doctor', '--config', join(PROJECT, 'wrangler.toml'), '--model', broken]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/^Expected a sound model, but got \d+ problems?:\n(- (Note|Query).*\n){2,}$/);
  });

  it('names what it needs and does not find', async () => {
    const config = place.write('wrangler.toml', own.replace('src/worker.ts', 'worker.ts'));
    const idle = 'name = "idle"\ncompatibility_date = "2026-10-01"';
    const cases = [
      [{ config }, /^Expected a model at .*model\.ts or .*schema\/model\.ts, but found none/],
      [{ config, model: 'none.ts' }, /^Cannot load .*none\.ts/],
      [
        { config: place.write('uncompiled.toml', own.replace('src/worker.ts', 'uncompiled.ts')), model: MODEL },
        /^Cannot bundle .*uncompiled\.ts: /,
      ],
      [{ config, model: place.write('empty.ts', '') }, /^Expected .*empty\.ts to export a model by default/],
      [{ config: place.write('broken.toml', 'name = [') }, /^Cannot use .*broken\.toml: /],
      [{ config: place.write('idle.toml', idle) }, /^Expected .*idle\.toml to name the Worker as "main", but it/],
    ] as const;
    for (const [paths, message] of cases) {
      const refusal = await readProject(paths).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(CliError);
      expect((refusal as CliError).message).toMatch(message);
      expect((refusal as CliError).message).not.toContain('\n');
    }
  });
});
