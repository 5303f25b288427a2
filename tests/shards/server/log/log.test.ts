import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import {
  decodeImage,
  type LoggedValue,
  loggedValueBinding,
  loggedValueSql,
} from '../../../../src/shards/server/log/row-image.ts';
import { writeClock } from '../../../../src/shards/server/tables/clock-table.ts';
import { readLastLogSeq, readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { quoteName } from '../../../../src/shards/sql/sql-text.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { logLabBundle, logLabModel } from './log-lab.ts';

const NODE_COLUMNS = ['parent', 'uid', 'label', 'count', 'big', 'amount', 'price', 'data'] as const;
const LEAVES = quoteName('odd leaves');
const NOTE = quoteName('a note');

/** Every value of every row, with its type, exactly. */
function snapshot(shard: LabShard): string {
  const tables = [
    { name: 'nodes', columns: ['tenant', 'id', ...NODE_COLUMNS, 'doubled', '_version'] },
    { name: LEAVES, columns: ['tenant', 'id', 'node_uid', NOTE, '_version'] },
  ];
  const rows = tables.map(({ name, columns }) => {
    const exact = columns.map(
      (column) => `typeof(${column}) || ':' || hex(CAST(
      CASE typeof(${column}) WHEN 'real' THEN printf('%!.17g', ${column}) WHEN 'null' THEN '' ELSE ${column} END AS BLOB))`,
    );
    return shard.rows(`SELECT ${exact.join(', ')} FROM ${name} ORDER BY tenant, id`);
  });
  return JSON.stringify(rows, null, 1);
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('a', 'A', 'a\0b', '\0', '', "it's", '1', '1.0', '\uFEFFbom', '💚', '5:name'),
);
const value: fc.Arbitrary<LoggedValue> = fc.oneof(
  fc.constant({ type: 'null' as const }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => ({ type: 'integer' as const, digits: String(n) })),
  fc.integer({ min: -3, max: 3 }).map((n) => ({ type: 'integer' as const, digits: String(n) })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => ({ type: 'real' as const, value: n + 0 })),
  fc.constantFrom(1, 0.1, 1e300, 5e-324, 2 ** 53, 1 / 3).map((n) => ({ type: 'real' as const, value: n })),
  text.map((t) => ({ type: 'text' as const, value: t })),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ type: 'blob' as const, value: bytes.slice().buffer })),
);
const id = fc.constantFrom('1', '2', '3', '4', '5', 'ü', 'x\0y');
const column = fc.constantFrom(...NODE_COLUMNS);
const uid = fc.constantFrom('u1', 'u2', 'u3');

interface Statement {
  readonly sql: string;
  readonly values: readonly LoggedValue[];
}

const textValue = (t: string): LoggedValue => ({ type: 'text', value: t });
const statement = fc.oneof<fc.WeightedArbitrary<Statement>[]>(
  {
    weight: 4,
    arbitrary: fc.tuple(id, column, value).map(([i, c, v]) => ({
      sql: `INSERT INTO nodes (tenant, id, ${c}, _version) VALUES ('t', ?, ${loggedValueSql(v)}, (SELECT version FROM _clock))`,
      values: [textValue(i), v],
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(id, fc.option(id), uid).map(([i, p, u]) => ({
      sql: `INSERT INTO nodes (tenant, id, parent, uid, _version) VALUES ('t', ?, ?, ?, (SELECT version FROM _clock))
          ON CONFLICT (tenant, id) DO UPDATE SET parent = excluded.parent, uid = excluded.uid, _version = excluded._version`,
      values: [textValue(i), p === null ? { type: 'null' } : textValue(p), textValue(u)],
    })),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(id, column, value).map(([i, c, v]) => ({
      sql: `UPDATE nodes SET ${c} = ${loggedValueSql(v)}, _version = (SELECT version FROM _clock) WHERE id = ?`,
      values: [v, textValue(i)],
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(column, column, value).map(([c, d, v]) => ({
      sql: `UPDATE nodes SET ${c} = ${d} WHERE typeof(${c}) = typeof(${loggedValueSql(v)})`,
      values: [v],
    })),
  },
  {
    weight: 2,
    arbitrary: id.map((i) => ({
      sql: "UPDATE nodes SET label = upper(label), price = price + 0.5 WHERE typeof(label) = 'text' AND id = ?",
      values: [textValue(i)],
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), uid, text).map(([i, u, t]) => ({
      sql: `INSERT INTO ${LEAVES} (tenant, id, node_uid, ${NOTE}) VALUES ('t', CAST(? AS INTEGER), ?, ?)`,
      values: [textValue(String(i)), textValue(u), textValue(t)],
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(uid, uid)
      .map(([u, w]) => ({ sql: 'UPDATE nodes SET uid = ? WHERE uid = ?', values: [textValue(u), textValue(w)] })),
  },
  { weight: 1, arbitrary: id.map((i) => ({ sql: 'DELETE FROM nodes WHERE id = ?', values: [textValue(i)] })) },
  { weight: 1, arbitrary: id.map((i) => ({ sql: 'DELETE FROM nodes WHERE id > ? ', values: [textValue(i)] })) },
);
const commits = fc.array(fc.array(statement, { minLength: 1, maxLength: 5 }), { minLength: 10, maxLength: 40 });

/** Applies the statements as one commit; those that violate something change nothing. */
function commit(shard: LabShard, version: number, statements: readonly Statement[]): void {
  shard.state.storage.transactionSync(() => {
    writeClock(shard.session, version, `op-${version}`);
    for (const { sql, values } of statements) {
      try {
        shard.session.run(sql, ...values.map(loggedValueBinding));
      } catch (error) {
        expect(String(error)).toMatch(/constraint failed/);
      }
    }
  });
}

function undoBackTo(shard: LabShard, seq: number): void {
  shard.state.storage.transactionSync(() => {
    shard.sql.exec('PRAGMA defer_foreign_keys = ON');
    for (const row of readLogBackwards(shard.session, seq, 1_000_000)) undoLogRow(shard.session, row);
    shard.sql.exec('DELETE FROM _log WHERE seq > ?', seq);
    expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
  });
}

describe('the log', () => {
  const runs = propertyRuns(30);
  it(
    `undone commit by commit, gives every earlier state of the tables, byte for byte (${describeRuns(runs)})`,
    async () => {
      let logged = 0;
      await fc.assert(
        fc.asyncProperty(commits, async (history) => {
          await inNewShard(logLabModel, logLabBundle, (shard) => {
            const states = [{ seq: 0, tables: snapshot(shard) }];
            history.forEach((statements, index) => {
              commit(shard, index + 1, statements);
              states.push({ seq: readLastLogSeq(shard.session), tables: snapshot(shard) });
            });
            logged += readLastLogSeq(shard.session);
            dropTriggers(shard.session);
            for (const state of states.reverse()) {
              undoBackTo(shard, state.seq);
              expect(snapshot(shard)).toBe(state.tables);
            }
          });
        }),
        runs,
      );
      expect(logged).toBeGreaterThan(10 * runs.numRuns);
    },
    2_000 * runs.numRuns,
  );

  it('gives every row that a commit changed the version of the commit, rows of cascades included', async () => {
    await inNewShard(logLabModel, logLabBundle, (shard) => {
      commit(shard, 7, [
        { sql: "INSERT INTO nodes (tenant, id, uid, _version) VALUES ('t', 'a', 'u', 7)", values: [] },
        { sql: `INSERT INTO ${LEAVES} (tenant, id, node_uid, _version) VALUES ('t', 1, 'u', 7)`, values: [] },
      ]);
      commit(shard, 8, [{ sql: "UPDATE nodes SET uid = 'w'", values: [] }]);
      expect(shard.rows(`SELECT node_uid, _version FROM ${LEAVES}`)).toEqual([['w', 8]]);
      expect(shard.value('SELECT _version FROM nodes')).toBe(8);
      commit(shard, 9, [{ sql: 'DELETE FROM nodes', values: [] }]);
      expect(shard.rows(`SELECT node_uid, _version FROM ${LEAVES}`)).toEqual([[null, 9]]);
      expect(shard.rows('SELECT version, origin, "table", op FROM _log ORDER BY seq')).toEqual([
        [7, 'op-7', 'nodes', 'insert'],
        [7, 'op-7', 'odd leaves', 'insert'],
        [8, 'op-8', 'odd leaves', 'update'],
        [8, 'op-8', 'nodes', 'update'],
        [9, 'op-9', 'odd leaves', 'update'],
        [9, 'op-9', 'nodes', 'delete'],
      ]);
    });
  });

  it('keeps of an update only the columns that changed, of an insert nothing but the key', async () => {
    await inNewShard(logLabModel, logLabBundle, (shard) => {
      commit(shard, 1, [
        { sql: "INSERT INTO nodes (tenant, id, label, count, _version) VALUES ('t', 'a', 'x', 5, 1)", values: [] },
      ]);
      commit(shard, 2, [{ sql: "UPDATE nodes SET label = 'X', count = 5, _version = 2", values: [] }]);
      const [update, insert] = readLogBackwards(shard.session, 0, 10);
      expect(insert!.image).toBeNull();
      expect([...decodeImage(insert!.pk)]).toEqual([
        ['tenant', textValue('t')],
        ['id', textValue('a')],
      ]);
      expect([...decodeImage(update!.image!)]).toEqual([
        ['_version', { type: 'integer', digits: '1' }],
        ['label', textValue('x')],
      ]);
      expect(update!.schema).toBe('0000_lab');
      expect(update!.shardKey).toBe('t:t');
    });
  });

  it('sees changes of type or case alone', async () => {
    await inNewShard(logLabModel, logLabBundle, (shard) => {
      const changes = ["data = 1, label = 'x'", 'data = 1.0', "data = '1'", "data = x'31'", "label = 'X'"];
      commit(shard, 1, [{ sql: "INSERT INTO nodes (tenant, id) VALUES ('t', 'a')", values: [] }]);
      const states = changes.map((change, index) => {
        const before = snapshot(shard);
        commit(shard, index + 2, [{ sql: `UPDATE nodes SET ${change}, _version = ${index + 2}`, values: [] }]);
        return before;
      });
      dropTriggers(shard.session);
      for (const row of readLogBackwards(shard.session, 1, 10)) {
        undoLogRow(shard.session, row);
        expect(snapshot(shard)).toBe(states.pop());
      }
      expect(states).toEqual([]);
    });
  });

  it('F13: holds nothing of work that was rolled back', async () => {
    await inNewShard(logLabModel, logLabBundle, (shard) => {
      expect(() =>
        shard.state.storage.transactionSync(() => {
          shard.sql.exec("INSERT INTO nodes (tenant, id) VALUES ('t', 'a')");
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(readLastLogSeq(shard.session)).toBe(0);
    });
  });
});
