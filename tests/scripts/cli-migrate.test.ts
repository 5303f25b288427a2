import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { showProgress } from '../../scripts/cli/migrate/migrations.ts';
import { showReport } from '../../scripts/cli/migrate/show-report.ts';
import { type NamedShardMigration, UNKNOWN_PLACE } from '../../src/shards/migration-report.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';
import { Workplace } from './run-cli.ts';
import { makeFolder } from './run-start.ts';

const TENANTS = Array.from({ length: 12 }, (_, index) => `tenant-${index}`);
const configOf = (release: string) => `tests/models/releases/${release}.toml`;

const workplace = new Workplace();
afterAll(() => workplace.remove());

const start = (release: string, data: string): Promise<ServerProcess> =>
  startProcess({ config: configOf(release), data, shards: 4 });

async function kill(server: ServerProcess): Promise<void> {
  const ended = once(server.process, 'exit');
  server.process.kill('SIGKILL');
  await ended;
}

/** Title of the parent of each tenant. */
async function titles(server: ServerProcess): Promise<readonly unknown[]> {
  const query = '{ parents(first: 100) { nodes { tenant id title } } children(first: 100) { totalCount } }';
  const { data, errors } = await server.graphql(query);
  expect(errors).toEqual([]);
  expect(data.children.totalCount).toBe(TENANTS.length);
  return data.parents.nodes.map(({ tenant, title }: { tenant: string; title: string }) => `${tenant}: ${title}`);
}

describe('a changed model, on four shards with rows, killed in between', () => {
  it('fails in words at npm start because of rows in one shard, and changes nothing; edited, it is applied everywhere', async () => {
    const data = makeFolder();
    const wanted = TENANTS.map((tenant) => `${tenant}: ${tenant === 'tenant-7' ? null : 'T'}`).sort();
    let server = await start('before', data);
    for (const tenant of TENANTS) {
      const title = tenant === 'tenant-7' ? null : 'T';
      const { errors } = await server.graphql(
        `mutation ($tenant: ID!, $title: String) {
          createParent(data: { tenant: $tenant, id: "p", title: $title }) { id }
          createChild(data: { tenant: $tenant, id: "c", parent: "p" }) { id }
        }`,
        { tenant, title },
      );
      expect(errors).toEqual([]);
    }
    await kill(server);

    const failure = await start('after', data).catch((error: Error) => error.message);
    expect(failure).toMatch(
      new RegExp(
        [
          '^Expected the server to become ready, but it ended with 1:',
          '0001_rebuild, statement 3 of 6: INSERT INTO `__new_parents`.*',
          '  Expected every row of parents to have a value in title, but got NULL\\.',
          '  shard-\\d: 1 row, tenant=tenant-7 id=p',
          '',
          'No shard was changed\\. .*',
          '.* See "Ways back" in docs/changing-the-model\\.md\\.',
          '$',
        ].join('\n'),
      ),
    );

    server = await start('before', data);
    expect((await titles(server)).toSorted()).toEqual(wanted);
    await kill(server);

    server = await start('edited', data);
    expect(server.output()).toContain('migrated 4 shards to 0001_rebuild\n');
    expect((await titles(server)).toSorted()).toEqual(wanted.map((line) => line.replace('null', 'mended')));

    const status = await workplace.run(['migrate', 'status', '--url', server.origin]);
    expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/^SHARD {4}LAST +PENDING {2}CHECK$/m) });
    expect(status.stdout.match(/0001_rebuild {2}- {8}up to date$/gm)).toHaveLength(4);
    const wrong = await workplace.run(['migrate', 'run', '--at-once', '0', '--url', server.origin]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a whole number from 1 to 64, but got "0".'),
    });
    const run = await workplace.run(['migrate', 'run', '--json', '--at-once', '2', '--url', server.origin]);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, applied: 0, shards: { length: 4 } });
    await kill(server);
  });
});

describe('what the commands print', () => {
  const shard = (name: string, changes: Partial<NamedShardMigration> = {}): NamedShardMigration => ({
    shard: name,
    state: 'UP_TO_DATE',
    last: '0001_x',
    pending: [],
    skipped: [],
    problems: [],
    ...changes,
  });
  const pending = { state: 'PENDING' as const, last: '0000_init', pending: ['0001_x'] };
  const refused = {
    ...pending,
    state: 'REFUSED' as const,
    problems: [
      {
        ...UNKNOWN_PLACE,
        kind: 'VALUE' as const,
        tag: '0001_x',
        table: 'orders',
        constraint: 'status',
        rows: 3,
        keys: [
          { tenant_id: 't', id: '1' },
          { tenant_id: 't', id: '2' },
          { tenant_id: 't', id: null },
        ],
        message: 'Expected values that the model declares.',
      },
    ],
  };
  const unreachable = {
    state: 'UNREACHABLE' as const,
    last: null,
    problems: [{ ...UNKNOWN_PLACE, kind: 'UNREACHABLE' as const, message: 'Expected an answer, but got: lost.' }],
  };
  const history = {
    state: 'REFUSED' as const,
    problems: [{ ...UNKNOWN_PLACE, kind: 'HISTORY' as const, tag: '0002_y', message: 'Expected tables.' }],
  };

  const copying = {
    ...pending,
    state: 'COPYING' as const,
    progress: { table: 'orders', copied: { rows: 1_310_720, share: 0.249 } },
  };

  it('says how far shards are that work in steps, and so does the progress of a run', () => {
    const settling = { state: 'SETTLING' as const, progress: { table: 'orders', copied: null } };
    const todo = { ...copying, progress: { table: 'orders', copied: { rows: 0, share: 0 } } };
    const logging = { ...settling, progress: { ...settling.progress, completed: 0.429 } };
    const atOnce = [{ table: 'orders', rows: 3_000_000, seconds: 60 }];
    const shards = [
      shard('a', copying),
      shard('b', settling),
      shard('c', todo),
      shard('d', logging),
      shard('e', { ...pending, atOnce }),
    ];
    expect(showReport({ shards, applied: 0 }).split('\n').slice(1, 6)).toEqual([
      'a      0000_init  0001_x   orders: 1,310,720 rows copied, about 24 %',
      expect.stringMatching(/completing orders$/),
      'c      0000_init  0001_x   orders is to be copied first',
      expect.stringMatching(/completing orders, about 42 %$/),
      'e      0000_init  0001_x   ok; at once: orders (up to 3,000,000 rows, about 60 s)',
    ]);
    const steps = { shard: 'a', state: copying.state, ...copying.progress };
    expect(showProgress({ step: 'check', done: 1, total: 4, steps })).toBe(
      'checked 1 of 4 shards; a: orders: 1,310,720 rows copied, about 24 %',
    );
    expect(showProgress({ step: 'apply', done: 4, total: 4 })).toBe('migrated 4 of 4 shards');
  });

  it.each([
    ['all is done', [shard('a'), shard('b')], /All 2 shards are up to date\.$/],
    ['the one shard is', [shard('a')], /The shard is up to date\.$/],
    ['all can migrate', [shard('a', pending)], /1 shard can migrate: npm run shardql -- migrate run\./],
    [
      'some run another release',
      [shard('a'), shard('b', pending)],
      /1 shard up to date, 1 to migrate: .* once they run/,
    ],
    [
      'none has committed',
      [shard('a', pending), shard('b', refused)],
      /No shard was changed\. The release before still/,
    ],
    ['some have committed', [shard('a'), shard('b', refused)], /1 of 2 shards have migrated, so the release before/],
    ['the release is older', [shard('a'), shard('b', history)], /These shards need another release/],
    ['one cannot be asked', [shard('a', pending), shard('b', unreachable)], /No shard migrates before all have been/],
    ['one was lost in the middle', [shard('a'), shard('b', unreachable)], /it goes on where it was/],
    [
      'some work in steps',
      [shard('a'), shard('b', copying)],
      /1 shard to migrate in steps: npm run shardql -- migrate run\./,
    ],
    ['there are none', [], /There are no shards yet/],
  ])('says what to do when %s', (_, shards, words) => {
    expect(showReport({ shards, applied: 0 })).toMatch(words);
  });

  it('tells a problem once, and the rows of each shard', () => {
    const skipping = { state: 'PENDING' as const, last: '0000_init', skipped: ['0001_x', '0002_back'] };
    const report = { shards: [shard('a', refused), shard('bcd', refused), shard('e', skipping)], applied: 0 };
    expect(showReport(report).split('\n').slice(0, 9)).toEqual([
      'SHARD  LAST       PENDING               CHECK',
      'a      0000_init  0001_x                FAILS',
      'bcd    0000_init  0001_x                FAILS',
      'e      0000_init  (0001_x) (0002_back)  ok',
      '',
      '0001_x',
      '  Expected values that the model declares.',
      '  a: 3 rows, such as tenant_id=t id=1; tenant_id=t id=2',
      '  bcd: 3 rows, such as tenant_id=t id=1; tenant_id=t id=2',
    ]);
  });
});
