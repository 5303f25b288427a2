import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import { HIGHLIGHTS_COLUMN, RANK_COLUMN } from '../../../../src/shards/plan/computed.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { type Document, isFound, rankOf } from '../../../support/search-oracle.ts';
import { inNewShard } from '../lab-shard.ts';
import { create } from '../shop-rows.ts';
import { run, searchPlan } from './search-plans.ts';

/** Searches of random texts, which take less, are a hundred times as many. */
const runs = propertyRuns(12);

interface Product {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

const documentOf = ({ name, description }: Product): Document => [name, description];
const word = fc.constantFrom(
  'red',
  'Réd',
  'reddish',
  'shoe',
  'shoes',
  'e-mail',
  'blue',
  'OR',
  'and',
  'not',
  'near',
  '42',
  'k',
);
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const products = fc.array(
  fc.record({ tenantId: fc.constantFrom('t1', 't2', 't3'), name: text, description: fc.option(text) }),
  { minLength: 1, maxLength: 25 },
);
const term = fc
  .tuple(
    fc.constantFrom('', '', '', '-'),
    fc.oneof(
      word,
      text.map((some) => `"${some}"`),
    ),
    fc.constantFrom('', '', '*'),
  )
  .map((parts) => parts.join(''));
const search = fc.array(fc.oneof({ weight: 5, arbitrary: term }, fc.constant('OR')), { minLength: 1, maxLength: 5 });

/** The search, or null if the language refuses it. */
const isAllowed = (query: string): boolean => {
  try {
    isFound(query, []);
    return true;
  } catch (error) {
    if (error instanceof ShardQLError) return false;
    throw error;
  }
};

it(`finds the rows, ranks and pages that plain JavaScript finds (${describeRuns(runs)})`, {
  timeout: 60_000 + 1_000 * runs.numRuns,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      products,
      fc.array(search, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      async (some, searches, limit) => {
        const rows: Product[] = some.map((row, at) => ({ ...row, id: `p${String(at).padStart(2, '0')}` }));
        await inNewShard(shop, bundle, (shard) => {
          for (const tenant of ['t1', 't2', 't3']) {
            shard.write(`t:${tenant}`, [
              create('Tenant', { id: tenant }),
              ...rows
                .filter(({ tenantId }) => tenantId === tenant)
                .map((row) => create('Product', { ...row, sku: row.id })),
            ]);
          }
          const corpus = rows.map(documentOf);
          for (const query of searches.map((terms) => terms.join(' ')).filter(isAllowed)) {
            for (const tenant of [null, 't1']) {
              const found = rows.filter(
                (row) => (tenant === null || row.tenantId === tenant) && isFound(query, documentOf(row)),
              );
              const all = run(shard, searchPlan(), [query, 100], tenant);
              expect([all.total, all.hasMore]).toEqual([found.length, false]);
              expect(all.rows.map(([id]) => id).sort()).toEqual(found.map(({ id }) => id));
              const ranks = all.rows.map((row) => row[2] as number);
              expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
              for (const [at, column] of ['name', 'description'].entries()) {
                const node = searchPlan({
                  columns: ['id', HIGHLIGHTS_COLUMN],
                  computed: [
                    { kind: 'rank', name: RANK_COLUMN },
                    { kind: 'highlights', name: HIGHLIGHTS_COLUMN },
                  ],
                  search: { query: 0, columns: [column] },
                });
                const part = run(shard, node, [query, 100], tenant);
                const isOfTenant = (row: Product) => tenant === null || row.tenantId === tenant;
                const foundInIt = rows.filter((row) => isOfTenant(row) && isFound(query, [documentOf(row)[at]!]));
                expect(part.rows.map(([id]) => id).sort()).toEqual(foundInIt.map(({ id }) => id));
                for (const [, marked] of part.rows) expect(JSON.parse(marked as string)).toHaveLength(1);
              }
              if (!query.includes('OR ')) {
                const expected = found.map((row) => rankOf(query, documentOf(row), corpus)).sort((a, b) => b - a);
                for (const [at, rank] of expected.entries()) expect(ranks[at]).toBeCloseTo(rank, 9);
              }
              const paged: unknown[] = [];
              let [after, values]: [number[] | null, unknown[]] = [null, [query, limit]];
              for (;;) {
                const page = run(shard, searchPlan({}, { after, totalCount: false }), values, tenant);
                paged.push(...page.rows);
                if (!page.hasMore) break;
                const [id, tenantId, rank] = page.rows.at(-1)!;
                [after, values] = [
                  [2, 3, 4],
                  [query, limit, rank, tenantId, id],
                ];
              }
              expect(paged).toEqual(all.rows);
            }
          }
        });
      },
    ),
    runs,
  );
});

it(`takes any text for a search or refuses it as one that says nothing to look for (${describeRuns(runs)})`, {
  timeout: 60_000 + 1_000 * runs.numRuns,
}, async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '"',
      '*',
      '-',
      '^',
      ':',
      '(',
      ')',
      '{',
      '}',
      '+',
      "'",
      '\\',
      '%',
      '\0',
      '\ud800',
      ' ',
      'a',
      'name:foo',
      'k:',
      'OR',
      'AND',
      'NOT',
      'NEAR(a b, 5)',
      '日本',
      '🎉',
      '\u{1e900}',
      '\u0301',
      '٣',
      '\ue000',
    ),
  );
  const anything = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  await inNewShard(shop, bundle, (shard) => {
    shard.write('t:t1', [create('Tenant'), create('Product', { description: 'a name foo 日本' })]);
    fc.assert(
      fc.property(anything, fc.constantFrom('t1', null), (query, tenant) => {
        try {
          run(shard, searchPlan(), [query, 10], tenant);
        } catch (error) {
          if (!(error instanceof ShardQLError)) throw error;
          expect([error.code, error.message]).toEqual([
            'BAD_USER_INPUT',
            expect.stringMatching(/^Expected search to have .*but got/),
          ]);
        }
      }),
      { ...runs, numRuns: 100 * runs.numRuns },
    );
  });
});
