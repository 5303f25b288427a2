import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../scripts/cli/doctor/checks.ts';
import { missingIndexes } from '../../scripts/cli/doctor/missing-indexes.ts';
import { readProject } from '../../scripts/cli/doctor/project.ts';
import model from '../../src/schema/model.ts';
import { Workplace } from './run-cli.ts';

const PROJECT = join(import.meta.dirname, '../..');
const MODEL = join(PROJECT, 'src/schema/model.ts');

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const own = readFileSync(join(PROJECT, 'wrangler.toml'), 'utf8');
const examineConfig = async (toml: string) => {
  place.write('worker.ts', '');
  const config = place.write('wrangler.toml', toml.replace('src/worker.ts', 'worker.ts'));
  const project = await readProject({ config, model: MODEL });
  return CHECKS.flatMap(({ run }) => run(project));
};

describe('npm run shardql -- doctor', () => {
  it('finds nothing wrong with the demo', async () => {
    const { code, stdout } = await place.run(['doctor', '--config', join(PROJECT, 'wrangler.toml'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).findings).toEqual(CHECKS.map(({ name }) => ({ check: name, problems: [] })));
  });

  it.each([
    ['[vars]', '[vars]\nSHARDQL_DEVELOPMENT = "true"', /SHARDQL_DEVELOPMENT gives the developer role/],
    ['compatibility_date = "2026-10-01"', '', /Expected a compatibility_date/],
    ['new_sqlite_classes = ["Shard", "Catalog"]', 'new_sqlite_classes = ["Shard"]', /Expected Catalog in new_sqlite/],
    ['name = "CATALOG"', 'name = "OTHER"', /Expected a Durable Object binding CATALOG/],
    ['[vars]', '[[queues.consumers]]\nqueue = "relay"\n[vars]', /dead_letter_queue of the consumer of relay/],
  ])('tells what is wrong if %s is %s', async (before, after, problem) => {
    expect(own).toContain(before);
    const problems = await examineConfig(own.replace(before, after));
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('tells migrations that are older than the model, and those that are missing', async () => {
    const project = await readProject({ config: join(PROJECT, 'wrangler.toml') });
    const problemsWith = (bundle: typeof project.bundle) => CHECKS.flatMap(({ run }) => run({ ...project, bundle }));
    expect(problemsWith(null)).toEqual([expect.stringContaining('Run npm run db:generate')]);
    expect(problemsWith({ ...project.bundle!, physicalHash: 'other' })).toEqual([
      expect.stringContaining('it was changed since'),
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
    for (const [args, message] of [
      [['--config', 'none.toml'], /^Expected a wrangler\.toml at none\.toml, but found no file\./],
      [['--config', config], /^Expected a model at .*model\.ts or .*schema\/model\.ts, but found none/],
      [['--config', config, '--model', 'none.ts'], /^Cannot load .*none\.ts/],
    ] as const) {
      const { code, stderr } = await place.run(['doctor', ...args]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });
});
