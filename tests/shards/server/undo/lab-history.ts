/** Random commits of the lab's tables, made by statements: one statement may change many rows, in any order. */
import fc from 'fast-check';
import { writeClock } from '../../../../src/shards/server/tables/clock-table.ts';
import type { LabShard } from '../lab-shard-class.ts';
import type { LabRow, LabState } from './undo-oracle.ts';

export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

const VERSION = '(SELECT version FROM _clock)';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const link = fc.option(id, { freq: 2 });
/** Nodes have uids of their own: no two ever take the same, as undo cannot tell which of them a row then meant. */
const mark = fc.constantFrom('u', 'u', 'v');
const uid = fc.tuple(id, mark).map((parts) => parts.join(''));
const slot = fc.constantFrom(1, 2, 3);
const label = fc.constantFrom('red', 'Red', 'blue', '', 'ü💚');
const leafId = fc.constantFrom(1, 2, 3, 4);
const column = fc.oneof(
  fc.tuple(fc.constantFrom('parent', 'partner'), link),
  fc.tuple(fc.constant('uid'), fc.option(mark, { freq: 4 })),
  fc.tuple(fc.constant('slot'), fc.option(slot, { freq: 4 })),
  fc.tuple(fc.constant('label'), fc.option(label)),
  fc.tuple(fc.constant('amount'), fc.constantFrom(0.1, 1, -0.5, null)),
);

const INSERT_NODE = `INSERT INTO nodes (tenant, id, parent, partner, uid, slot, label, _version) VALUES`;
const NODE = `('t', ?, ?, ?, ?, ?, ?, ${VERSION})`;
const node = fc
  .tuple(id, link, link, fc.option(mark, { freq: 2 }), fc.option(slot, { freq: 2 }), fc.option(label, { freq: 3 }))
  .map(([key, parent, partner, own, ...rest]) => [key, parent, partner, own && key + own, ...rest]);

const statement = fc.oneof<fc.WeightedArbitrary<Statement>[]>(
  { weight: 5, arbitrary: node.map((values) => ({ sql: `${INSERT_NODE} ${NODE}`, values })) },
  {
    weight: 2,
    arbitrary: fc.tuple(node, node).map((pair) => ({ sql: `${INSERT_NODE} ${NODE}, ${NODE}`, values: pair.flat() })),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(column, id).map(([[name, value], key]) => ({
      sql: `UPDATE nodes SET ${name} = ${name === 'uid' ? 'id || ?' : '?'}, _version = ${VERSION} WHERE id = ?`,
      values: [value, key],
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(column, id).map(([[name, value], key]) => ({
      sql: `UPDATE nodes SET ${name} = ${name === 'uid' ? 'id || ?' : '?'}, _version = ${VERSION} WHERE id > ?`,
      values: [value, key],
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ sql: `UPDATE nodes SET slot = slot + 1, _version = ${VERSION}`, values: [] }),
  },
  { weight: 3, arbitrary: id.map((key) => ({ sql: 'DELETE FROM nodes WHERE id = ?', values: [key] })) },
  { weight: 1, arbitrary: id.map((key) => ({ sql: 'DELETE FROM nodes WHERE id > ?', values: [key] })) },
  {
    weight: 4,
    arbitrary: fc.tuple(leafId, fc.option(uid), fc.option(label)).map((values) => ({
      sql: `INSERT INTO "odd leaves" (tenant, id, node_uid, "a note", _version) VALUES ('t', ?, ?, ?, ${VERSION})
        ON CONFLICT (tenant, id) DO UPDATE SET node_uid = excluded.node_uid, _version = excluded._version`,
      values,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(label, leafId).map((values) => ({
      sql: `UPDATE "odd leaves" SET "a note" = ?, _version = ${VERSION} WHERE id >= ?`,
      values,
    })),
  },
  { weight: 1, arbitrary: leafId.map((key) => ({ sql: 'DELETE FROM "odd leaves" WHERE id = ?', values: [key] })) },
);

/** Those of one commit. */
export const statements: fc.Arbitrary<readonly Statement[]> = fc.array(statement, {
  minLength: 1,
  maxLength: 6,
  size: 'max',
});

/** A commit, or the undo of one of those before it: how many of them back. */
export type Step = readonly Statement[] | { readonly undo: number };

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 3, arbitrary: statements },
    { weight: 2, arbitrary: fc.record({ undo: fc.nat(3) }) },
  ),
  { minLength: 12, maxLength: 24, size: 'max' },
);

/** What is there before: rows that refer to each other, in circles too, and some of which have unique values. */
export const FIRST_ROWS: readonly Statement[] = [
  { sql: `${INSERT_NODE} ${NODE}, ${NODE}`, values: ['a', null, 'b', 'au', 1, 'red', 'b', 'a', 'a', 'bu', 2, 'blue'] },
  { sql: `${INSERT_NODE} ${NODE}, ${NODE}`, values: ['c', 'b', null, null, 3, 'red', 'd', 'c', 'b', 'dv', null, ''] },
  { sql: `${INSERT_NODE} ${NODE}`, values: ['e', null, 'e', null, null, null] },
  ...(['au', 'bu', null] as const).map((of, index) => ({
    sql: `INSERT INTO "odd leaves" (tenant, id, node_uid, _version) VALUES ('t', ?, ?, ${VERSION})`,
    values: [index + 1, of],
  })),
];

/** Applies the statements as one commit; those that violate something change nothing. Gives its version. */
export function commitStatements(shard: LabShard, origin: string, statements: readonly Statement[]): number {
  const version = shard.state.clock.next();
  shard.state.storage.transactionSync(() => {
    writeClock(shard.session, version, origin);
    for (const { sql, values } of statements) {
      try {
        shard.session.run(sql, ...values);
      } catch (error) {
        if (!/constraint failed/.test(String(error))) throw error;
      }
    }
  });
  shard.state.clock.committed(version);
  return version;
}

interface LabTable {
  /** Those that are compared. */
  readonly columns: readonly string[];
  readonly sqlName: string;
}

export const LAB_TABLES: readonly (readonly [LabRow['table'], LabTable])[] = [
  ['nodes', { columns: ['parent', 'partner', 'uid', 'slot', 'label', 'amount'], sqlName: 'nodes' }],
  ['leaves', { columns: ['node_uid', 'a note'], sqlName: 'odd leaves' }],
];

/** The rows of one tenant. */
export function stateOf(shard: Pick<LabShard, 'rows'>, tenant = 't'): LabState {
  const rows = LAB_TABLES.flatMap(([table, { columns, sqlName }]) => {
    const names = columns.map((name) => `"${name}"`).join(', ');
    return shard
      .rows(`SELECT CAST(id AS TEXT), _version, ${names} FROM "${sqlName}" WHERE tenant = ?`, tenant)
      .map(([key, version, ...values]): [string, LabRow] => [
        `${table} ${key}`,
        {
          table,
          id: key as string,
          version: version as number,
          values: Object.fromEntries(columns.map((name, index) => [name, values[index] as string | number | null])),
        },
      ]);
  });
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}
