import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import type { WireValues } from '../../../../src/shards/operation.ts';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import { HIGHLIGHT_END, HIGHLIGHT_START, HIGHLIGHTS_COLUMN } from '../../../../src/shards/plan/computed.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SLOT_COUNT, slotOf } from '../../../../src/shards/slots.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { create } from '../shop-rows.ts';
import { run, searchPlan } from './search-plans.ts';

const inShop = (test: (shard: LabShard) => void) => inNewShard(shop, bundle, test);

const addProducts = (shard: LabShard, tenant: string, rows: readonly WireValues[]): void => {
  const operations = rows.map((row, at) =>
    create('Product', { id: `p${at}`, sku: `s${at}`, ...row, tenantId: tenant }),
  );
  expect(shard.write(`t:${tenant}`, [create('Tenant', { id: tenant }), ...operations])).toMatchObject({ status: 'OK' });
};

/** Names of the products that a search finds, one product per name. */
const namesFound = (names: readonly string[], search: string): Promise<unknown[]> =>
  inNewShard(shop, bundle, (shard) => {
    addProducts(
      shard,
      't1',
      names.map((name) => ({ name })),
    );
    const node = searchPlan({ columns: ['name', '#rank', 'tenantId', 'id'] });
    return run(shard, node, [search, 100], null).rows.map(([name]) => name);
  });

describe('words', () => {
  it.each([
    ['case and diacritics do not matter', ['CRÈME brûlée', 'cream'], 'creme BRULEE', ['CRÈME brûlée']],
    ['letters and marks apart are the letters', ['cafe\u0301'], 'café', ['cafe\u0301']],
    ['ß and ligatures are letters of their own', ['Straße', 'Strasse'], 'strasse', ['Strasse']],
    ['Greek and Cyrillic fold as Latin does', ['ΑΘΗΝΑ МОСКВА'], 'αθηνα москва', ['ΑΘΗΝΑ МОСКВА']],
    ['digits of every script are words', ['version ٣'], '٣', ['version ٣']],
    ['Chinese, without spaces, is one word per run', ['東京都 大阪'], '東京都', ['東京都 大阪']],
    ['so its parts are found at the beginning of a run only', ['東京都 大阪'], '京都', []],
    ['and beginnings of runs with a star', ['東京都 大阪'], '東京*', ['東京都 大阪']],
    ['emoji separate words', ['rock🎸star'], '"rock star"', ['rock🎸star']],
    ['emoji beside words are passed over', ['party 🎉'], 'party 🎸', ['party 🎉']],
    ['letters of new scripts are letters', ['party \u{1e900}', 'party'], 'party \u{1e900}', ['party \u{1e900}']],
    ['NUL separates words', ['a\0b'], 'a b', ['a\0b']],
    ['a column filter of FTS5 is a phrase', ['foo', 'name foo'], 'name:foo', ['name foo']],
    ['operators of FTS5 are words', ['a not b', 'a'], 'a NOT b', ['a not b']],
    ['NEAR is a word, and parentheses separate', ['near a b'], 'NEAR(a b)', ['near a b']],
    ['the column of the shard key is not searched', ['a'], '743a7431', []],
  ])('%s', async (_, names, search, expected) => {
    expect(await namesFound(names, search)).toEqual(expected);
  });
});

describe('a search in one shard key', () => {
  it('reads rows of that shard key alone, through the index', async () => {
    await inShop((shard) => {
      addProducts(shard, 'small', [{ name: 'common rare' }, { name: 'common' }]);
      addProducts(
        shard,
        'large',
        Array.from({ length: 500 }, () => ({ name: 'common' })),
      );
      const call = {
        plan: JSON.stringify({ ...searchPlan({}, { totalCount: false }), match: ['tenantId'] }),
        values: ['common', 10],
        keys: [['small']],
        shardKeys: ['t:small' as ShardKey],
      };
      const session = new SqlSession(shard.sql);
      shard.state.plans.run(session, call, { visibleOnly: false });
      expect(session.counts.rowsRead).toBeLessThan(40);
      const { queryPlan } = shard.state.plans.explain(session, call, { visibleOnly: false })[0]!;
      expect(queryPlan).toContainEqual(expect.stringMatching(/^SCAN _fts_products_index VIRTUAL TABLE INDEX 0:M/));
      expect(queryPlan).toContainEqual('SEARCH t USING INTEGER PRIMARY KEY (rowid=?)');
      expect(queryPlan.filter((line) => line.startsWith('SCAN t') || line.startsWith('SCAN products'))).toEqual([]);
    });
  });

  it('finds the rows of more shard keys than the index is asked for', async () => {
    await inShop((shard) => {
      const tenants = Array.from({ length: 60 }, (_, at) => `t${at}`);
      for (const tenant of tenants) addProducts(shard, tenant, [{ name: 'common' }, { name: 'other' }]);
      const node: PlanNode = { ...searchPlan(), match: ['tenantId'] };
      for (const some of [tenants, tenants.slice(0, 50), tenants.slice(5, 7)]) {
        const call = {
          plan: JSON.stringify(node),
          values: ['common', 10],
          keys: some.map((tenant) => [tenant]),
          shardKeys: some.map((tenant) => `t:${tenant}` as ShardKey),
        };
        const answers = shard.state.plans.run(shard.session, call, { visibleOnly: false });
        expect(answers.map((answer) => (answer as PageAnswer).rows.map(([, tenant]) => tenant))).toEqual(
          some.map((tenant) => [tenant]),
        );
      }
    });
  });

  it('shows no row of a slot that the shard does not own', async () => {
    await inShop((shard) => {
      addProducts(shard, 't1', [{ name: 'common' }]);
      addProducts(shard, 't2', [{ name: 'common' }]);
      const slot = slotOf('t:t1' as never);
      shard.state.ownership.grant(shard.state.storage, shard.session, 2, [
        [0, slot - 1],
        [slot + 1, SLOT_COUNT - 1],
      ]);
      const call = { plan: JSON.stringify(searchPlan()), values: ['common', 10], keys: [[]], shardKeys: null };
      const [answer] = shard.state.plans.run(shard.session, call, { visibleOnly: true });
      expect(answer).toMatchObject({ rows: [['p0', 't2', expect.any(Number)]], total: 1 });
    });
  });
});

describe('highlights', () => {
  const node = searchPlan({
    columns: ['id', 'tenantId', '#rank', HIGHLIGHTS_COLUMN],
    computed: [
      { kind: 'rank', name: '#rank' },
      { kind: 'highlights', name: HIGHLIGHTS_COLUMN },
    ],
  });
  const mark = (text: string) => `${HIGHLIGHT_START}${text}${HIGHLIGHT_END}`;
  const highlights = (shard: LabShard, search: string) =>
    run(shard, node, [search, 10], null).rows.map((row) => JSON.parse(row[3] as string));

  it('mark words, phrases and beginnings, in the text as it is', async () => {
    await inShop((shard) => {
      addProducts(shard, 't1', [{ name: 'Réd "shoes"', description: null }]);
      expect(highlights(shard, 'red sho*')).toEqual([[`${mark('Réd')} "${mark('shoes')}"`, null]]);
      expect(highlights(shard, '"red shoes"')).toEqual([[`${mark('Réd "shoes')}"`, null]]);
    });
  });

  it('are excerpts where the text is long, whatever is in it', async () => {
    await inShop((shard) => {
      const lorem = 'lorem '.repeat(3_000);
      addProducts(shard, 't1', [{ name: 'a needle', description: `${lorem}needle ${lorem}` }]);
      addProducts(shard, 't2', [{ name: '\u0001'.repeat(9_000), description: 'needle '.repeat(20_000) }]);
      addProducts(shard, 't3', [{ name: 'x', description: `needle${'y'.repeat(500_000)} needle` }]);
      addProducts(shard, 't4', [{ name: 'x', description: 'a needle '.repeat(100_000) }]);
      const all = run(shard, node, ['needle', 10], null).rows;
      const byTenant = new Map(all.map((row) => [row[1], JSON.parse(row[3] as string)]));
      expect(byTenant.get('t1')).toEqual([
        `a ${mark('needle')}`,
        expect.stringMatching(/^….{150,200}\ufdd0needle\ufdd1 lorem.{700,}…$/),
      ]);
      expect(byTenant.get('t2')).toEqual([null, expect.stringMatching(/^\ufdd0needle\ufdd1 .{900,1000}…$/)]);
      expect(byTenant.get('t3')).toEqual([null, null]);
      expect(byTenant.get('t4')).toEqual([null, null]);
    });
  });
});

it('a plan that cannot be searched is refused', async () => {
  await inShop((shard) => {
    const refusal = (changes: Partial<PlanNode>) => {
      try {
        run(shard, searchPlan(changes), ['a', 10], null);
      } catch (error) {
        if (error instanceof ShardQLError) return `${error.code} ${error.message}`;
        throw error;
      }
      return null;
    };
    expect(refusal({ table: 'Order' })).toMatch(
      /SHARD_UNAVAILABLE Expected full-text columns of Order, but got others/,
    );
    expect(refusal({ search: undefined })).toMatch(
      /BAD_USER_INPUT Expected ranks and highlights of rows that are searched/,
    );
  });
});
