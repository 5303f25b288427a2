import { describe, expect, it } from 'vitest';
import { readLogState, writeLogState } from '../../../../src/shards/server/tables/log-state-table.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { MAX_UNDO_PAGE } from '../../../../src/shards/undo.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { commitStatements, type Statement } from './lab-history.ts';
import { askToUndo, type Origin, reasons, undoIn } from './undo-in.ts';
import { undoLabBundle, undoLabModel } from './undo-lab.ts';

const inLab = (test: (shard: LabShard) => void | Promise<void>) => inNewShard(undoLabModel, undoLabBundle, test);

/** One commit, of statements in which `@` stands for its version. */
function commit(shard: LabShard, ...statements: readonly string[]): Origin {
  const origin = crypto.randomUUID();
  const parts = statements.map(
    (sql): Statement => ({ sql: sql.replaceAll('@', '(SELECT version FROM _clock)'), values: [] }),
  );
  return { origin, version: commitStatements(shard, origin, parts) };
}

const insert = (id: string, values: Readonly<Record<string, string | number>> = {}): string => {
  const entries = Object.entries({ id, ...values });
  const literals = entries.map(([, value]) => (typeof value === 'number' ? value : `'${value}'`));
  return `INSERT INTO nodes (tenant, ${entries.map(([name]) => name).join(', ')}, _version) VALUES ('t', ${literals.join(', ')}, @)`;
};
const set = (id: string, change: string): string => `UPDATE nodes SET ${change}, _version = @ WHERE id = '${id}'`;
const remove = (...ids: readonly string[]): string =>
  `DELETE FROM nodes WHERE id IN (${ids.map((id) => `'${id}'`).join(', ')})`;

const nodes = (shard: LabShard, columns = 'id, parent, partner, uid, slot, label') =>
  shard.rows(`SELECT ${columns} FROM nodes ORDER BY id`);

describe('an undo', () => {
  it('brings back what a delete took with it, each value with its type, in one commit', async () => {
    await inLab((shard) => {
      commit(
        shard,
        insert('a', { uid: 'u', slot: 9, label: 'a💚', amount: 0.1 }),
        insert('b', { parent: 'a' }),
        `INSERT INTO "odd leaves" (tenant, id, node_uid, "a note", _version) VALUES ('t', 7, 'u', '1.0', @)`,
        `UPDATE nodes SET data = x'00ff' WHERE id = 'a'`,
      );
      const before = shard
        .rows('SELECT *, typeof(data), typeof(slot) FROM nodes ORDER BY id')
        .map((row) => row.filter((cell) => typeof cell !== 'number' || cell < 1e6));
      const wrong = commit(shard, remove('a'));
      expect(nodes(shard)).toEqual([]);
      const undo = undoIn(shard, wrong);
      expect(undo).toMatchObject({ restored: 3, updated: 0, deleted: 0, conflicts: { total: 0, rows: [] } });
      expect(
        shard
          .rows('SELECT *, typeof(data), typeof(slot) FROM nodes ORDER BY id')
          .map((row) => row.filter((cell) => typeof cell !== 'number' || cell < 1e6)),
      ).toEqual(before);
      expect(shard.rows('SELECT DISTINCT _version FROM nodes')).toEqual([[undo.version]]);
      expect(shard.rows('SELECT DISTINCT origin, op FROM _log WHERE version = ?', undo.version)).toEqual([
        [undo.origin, 'insert'],
      ]);
      // Shown from the top down, though the log has the children first.
      expect(undo.changes.rows.map(({ key }) => key.id)).toEqual(['a', 'b', '7']);
      expect(undo.changes.rows.find(({ table }) => table === 'Leaf')).toEqual({
        table: 'Leaf',
        key: { tenant: 't', id: '7' },
        before: null,
        after: { tenant: 't', id: '7', nodeUid: 'u', note: '1.0' },
      });
    });
  });

  it('of several operations on a row takes them back together, and tells what was and what is', async () => {
    await inLab((shard) => {
      commit(shard, insert('a', { label: 'old', slot: 1 }), insert('b', { label: 'b' }));
      const wrong = commit(
        shard,
        set('a', "label = 'new'"),
        set('a', 'slot = 2'),
        set('a', "label = 'newer'"),
        insert('c'),
        remove('c'),
        insert('d', { label: 'mine' }),
      );
      const undo = undoIn(shard, wrong);
      expect(nodes(shard, 'id, label, slot')).toEqual([
        ['a', 'old', 1],
        ['b', 'b', null],
      ]);
      expect(undo.changes).toEqual({
        total: 2,
        rows: [
          {
            table: 'Branch',
            key: { tenant: 't', id: 'a' },
            before: { slot: 2, label: 'newer' },
            after: { label: 'old', slot: 1 },
          },
          {
            table: 'Branch',
            key: { tenant: 't', id: 'd' },
            before: expect.objectContaining({ id: 'd', label: 'mine' }),
            after: null,
          },
        ],
      });
    });
  });

  it('can be undone, and that undo too', async () => {
    await inLab((shard) => {
      commit(shard, insert('a', { label: 'old' }), insert('b', { parent: 'a' }));
      const state = () => nodes(shard);
      const before = state();
      const wrong = commit(shard, remove('b'), set('a', "label = 'new'"), insert('c'));
      const after = state();
      const undo = undoIn(shard, wrong);
      expect(state()).toEqual(before);
      const redo = undoIn(shard, undo);
      expect(state()).toEqual(after);
      undoIn(shard, redo);
      expect(state()).toEqual(before);
    });
  });

  it('changes nothing where it is made twice, and has no log rows then', async () => {
    await inLab((shard) => {
      const wrong = commit(shard, insert('a'));
      undoIn(shard, wrong);
      const again = undoIn(shard, wrong);
      expect(again).toMatchObject({ restored: 0, updated: 0, deleted: 0 });
      expect(reasons(again)).toEqual({ a: 'DELETED_SINCE' });
      expect(shard.value('SELECT count(*) FROM _log WHERE version = ?', again.version)).toBe(0);
    });
  });

  it('that is retried has one effect and one answer', async () => {
    await inLab((shard) => {
      const wrong = commit(shard, insert('a'));
      const first = askToUndo(shard, wrong, { operationId: 'retried' });
      const second = askToUndo(shard, wrong, { operationId: 'retried' });
      expect(second).toMatchObject({ status: 'OK', version: (first as { version: number }).version });
      expect((second as { results: string }).results).toBe((first as { results: string }).results);
    });
  });

  it('follows a key that another row gives, and back', async () => {
    await inLab((shard) => {
      commit(
        shard,
        insert('a', { uid: 'u' }),
        `INSERT INTO twigs (tenant, node_uid, n, note, _version) VALUES ('t', 'u', 1, 'x', @), ('t', 'u', 2, 'y', @)`,
        `INSERT INTO "odd leaves" (tenant, id, node_uid, _version) VALUES ('t', 1, 'u', @)`,
      );
      const wrong = commit(shard, set('a', "uid = 'v'"), `UPDATE twigs SET note = 'z', _version = @ WHERE n = 2`);
      expect(shard.rows('SELECT node_uid FROM twigs')).toEqual([['v'], ['v']]);
      const undo = undoIn(shard, wrong);
      expect(undo).toMatchObject({ updated: 4, conflicts: { total: 0 } });
      expect(shard.rows('SELECT node_uid, n, note, _version FROM twigs')).toEqual([
        ['u', 1, 'x', undo.version],
        ['u', 2, 'y', undo.version],
      ]);
      expect(shard.rows('SELECT node_uid FROM "odd leaves"')).toEqual([['u']]);
      undoIn(shard, undo);
      expect(shard.rows('SELECT node_uid, note FROM twigs ORDER BY n')).toEqual([
        ['v', 'x'],
        ['v', 'z'],
      ]);
    });
  });

  it('puts rows back that wait for each other: in a circle of references, and with unique values swapped', async () => {
    await inLab((shard) => {
      commit(
        shard,
        `INSERT INTO nodes (tenant, id, partner, slot, _version) VALUES ('t', 'a', 'b', 1, @), ('t', 'b', 'a', 2, @)`,
        insert('c', { uid: 'u' }),
        insert('d', { uid: 'v' }),
      );
      const before = nodes(shard);
      const wrong = commit(
        shard,
        "UPDATE nodes SET partner = NULL WHERE id IN ('a', 'b')",
        remove('a', 'b'),
        set('c', "uid = 'w'"),
        set('d', "uid = 'u'"),
        set('c', "uid = 'v'"),
      );
      const undo = undoIn(shard, wrong);
      expect(undo).toMatchObject({ restored: 2, updated: 2, conflicts: { total: 0 } });
      expect(nodes(shard)).toEqual(before);
      const after = undoIn(shard, undo);
      expect(after).toMatchObject({ deleted: 2, updated: 2, conflicts: { total: 0 } });
    });
  });
});

describe('a key that another row has taken', () => {
  it('is given back before rows refer to it again', async () => {
    await inLab((shard) => {
      commit(
        shard,
        insert('a', { uid: 'u' }),
        insert('b', { parent: 'a' }),
        insert('d', { uid: 'w', parent: 'b' }),
        `INSERT INTO "odd leaves" (tenant, id, node_uid, _version) VALUES ('t', 1, 'u', @)`,
      );
      const before = nodes(shard);
      const wrong = commit(shard, remove('a'), insert('d', { uid: 'u' }));
      expect(undoIn(shard, wrong)).toMatchObject({ restored: 3, updated: 1, conflicts: { total: 0 } });
      expect(nodes(shard)).toEqual(before);
    });
  });
});

describe('rows that stay', () => {
  it('were changed, deleted or created since', async () => {
    await inLab((shard) => {
      commit(shard, insert('a', { label: 'old' }), insert('b'), insert('c'), insert('d'));
      const wrong = commit(
        shard,
        set('a', "label = 'new'"),
        set('b', "label = 'b'"),
        remove('c'),
        set('d', "label = 'd'"),
      );
      commit(shard, set('a', "label = 'mine'"), remove('b'), insert('c', { label: 'another' }));
      const undo = undoIn(shard, wrong);
      expect(undo).toMatchObject({ restored: 0, updated: 1, deleted: 0, conflicts: { total: 3 } });
      expect(reasons(undo)).toEqual({ a: 'CHANGED_SINCE', b: 'DELETED_SINCE', c: 'CREATED_AGAIN' });
      expect(nodes(shard, 'id, label')).toEqual([
        ['a', 'mine'],
        ['c', 'another'],
        ['d', null],
      ]);
      expect(undo.conflicts.rows.find(({ key }) => key.id === 'a')).toEqual({
        table: 'Branch',
        key: { tenant: 't', id: 'a' },
        before: { label: 'mine' },
        after: { label: 'old' },
        reason: 'CHANGED_SINCE',
        message: expect.stringMatching(/^Expected Branch as the operation left it, but it was changed since/),
      });
    });
  });

  it('would take a unique value, or have no parent, or leave rows of others without one; and so do those that need them', async () => {
    await inLab((shard) => {
      commit(shard, insert('a', { slot: 1 }), insert('b', { parent: 'a' }), insert('c', { parent: 'b' }), insert('x'));
      const wrong = commit(shard, remove('a'), insert('n', { uid: 'u' }), set('x', "label = 'x'"));
      commit(
        shard,
        insert('taker', { slot: 1 }),
        `INSERT INTO "odd leaves" (tenant, id, node_uid, _version) VALUES ('t', 1, 'u', @)`,
      );
      const undo = undoIn(shard, wrong);
      expect(reasons(undo)).toEqual({
        a: 'VALUE_TAKEN',
        b: 'PARENT_MISSING',
        c: 'PARENT_MISSING',
        n: 'STILL_REFERRED',
      });
      expect(undo).toMatchObject({ restored: 0, updated: 1, deleted: 0 });
      expect(shard.value('SELECT count(*) FROM "odd leaves"')).toBe(1);
      for (const { message } of undo.conflicts.rows) expect(message).not.toMatch(/SQLITE|constraint failed|node_uid/);
    });
  });

  it('are in slots that the shard does not own any more', async () => {
    await inLab((shard) => {
      const wrong = commit(shard, insert('a'));
      const { storage, ownership } = shard.state;
      ownership.grant(storage, new SqlSession(storage.sql), 2, []);
      const undo = undoIn(shard, wrong);
      expect(reasons(undo)).toEqual({ a: 'SLOT_MOVED' });
      expect(nodes(shard, 'id')).toEqual([['a']]);
    });
  });
});

describe('what is told of rows', () => {
  it('comes in pages, in the order of tables and changes, with long values abbreviated', async () => {
    await inLab((shard) => {
      const ids = Array.from({ length: 250 }, (_, index) => `n${String(index).padStart(3, '0')}`);
      const long = 'x'.repeat(5_000);
      const wrong = commit(shard, ...ids.map((id) => insert(id, { label: long })));
      const seen: unknown[] = [];
      for (let offset = 0; ; ) {
        const range = { offset, limit: MAX_UNDO_PAGE };
        const dry = undoIn(shard, wrong, { changes: range, dryRun: true });
        expect(dry.changes.total).toBe(250);
        seen.push(...dry.changes.rows.map(({ key }) => key.id));
        offset += dry.changes.rows.length;
        if (dry.changes.rows.length === 0) break;
        expect((dry.changes.rows[0]!.before as { label: string }).label).toBe(`${'x'.repeat(200)}…`);
      }
      expect(seen).toEqual(ids);
      expect(shard.value('SELECT count(*) FROM nodes')).toBe(250);
    });
  });
});

describe('an undo is refused', () => {
  const failure = (shard: LabShard, of: Origin) => {
    const log = shard.value('SELECT count(*) FROM _log');
    const answer = askToUndo(shard, of);
    expect(shard.value('SELECT count(*) FROM _log')).toBe(log);
    return answer.status === 'FAILED' ? `${answer.error.code}: ${answer.error.message}` : answer.status;
  };

  it('of what was never made, changed nothing, is of another operation, or is not in the log any more', async () => {
    await inLab((shard) => {
      const first = commit(shard, insert('a'));
      const nothing = commit(shard, remove('none'));
      const last = commit(shard, insert('b'));
      expect(failure(shard, nothing)).toMatch(/^NOT_FOUND: Expected .* but got one that changed no rows/);
      for (const version of [last.version + 5, first.version - 1]) {
        expect(failure(shard, { ...last, version })).toMatch(/^NOT_FOUND: .* or that was never made/);
      }
      expect(failure(shard, { ...last, origin: first.origin })).toMatch(/^NOT_FOUND: .* that of another operation/);
      writeLogState(shard.session, { ...readLogState(shard.session), trimmedSeq: 1, trimmedVersion: first.version });
      expect(failure(shard, first)).toMatch(/^NOT_FOUND: .* have been trimmed from it/);
    });
  });

  it('of more changes than one transaction should hold', async () => {
    await inLab((shard) => {
      const wrong = commit(shard, insert('a'));
      shard.sql.exec(
        `INSERT INTO _log (version, origin, schema, "table", pk, shard_key, op, image)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
         SELECT version, origin, schema, "table", pk, shard_key, op, image FROM n CROSS JOIN _log WHERE seq = 1`,
      );
      expect(failure(shard, wrong)).toMatch(
        /^OPERATION_LIMIT_EXCEEDED: .* at most 100,000 rows, but got one of 100,001/,
      );
    });
  });
});
