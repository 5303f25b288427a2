/** Random creates, updates, deletes, restores and purges of tables that keep deleted rows, against plain JavaScript. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WireValue } from '../../../../src/model/types.ts';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import model from '../../../models/projects/model.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { propertyRuns } from '../../../support/property-runs.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

type Type = 'Project' | 'Task' | 'Comment' | 'File';

/** References by which deletes cascade. */
const PARENTS: Readonly<Record<Type, readonly (readonly [column: string, type: Type])[]>> = {
  Project: [],
  Task: [
    ['projectId', 'Project'],
    ['parentId', 'Task'],
  ],
  Comment: [['taskId', 'Task']],
  File: [['taskId', 'Task']],
};
const TYPES = Object.keys(PARENTS) as Type[];
const SQL_NAMES = { Project: 'projects', Task: 'tasks', Comment: 'comments', File: 'files' } as const;

interface Row {
  readonly type: Type;
  readonly id: string;
  readonly refs: Readonly<Record<string, string | null>>;
  /** The delete that it went with. */
  deletedBy: object | null;
}

/** What a shard should do, without moments: each delete is an object of its own. */
class Oracle {
  readonly rows = new Map<string, Row>();

  find = (type: Type, id: string): Row | undefined => this.rows.get(`${type} ${id}`);

  create(type: Type, id: string, refs: Row['refs']): string {
    const known = this.find(type, id);
    if (known) return known.deletedBy ? 'UNIQUE_VIOLATION deleted' : 'UNIQUE_VIOLATION';
    for (const [column, target] of PARENTS[type]) {
      const isItself = target === type && refs[column] === id;
      if (refs[column] != null && !isItself && !this.find(target, refs[column])) return 'FOREIGN_KEY_VIOLATION';
    }
    this.rows.set(`${type} ${id}`, { type, id, refs, deletedBy: null });
    return 'OK';
  }

  update = (type: Type, id: string): string => (this.#live(type, id) ? 'OK' : 'NOT_FOUND');

  delete(type: Type, id: string): string {
    const row = this.#live(type, id);
    if (!row) return 'NOT_FOUND';
    if (type === 'File') this.rows.delete(`File ${id}`);
    else {
      const deletedBy = {};
      for (const each of this.#below(row, (child) => child.type !== 'File' && child.deletedBy === null))
        each.deletedBy = deletedBy;
    }
    return 'OK';
  }

  restore(type: Type, id: string): string {
    const row = this.find(type, id);
    if (!row?.deletedBy) return 'NOT_FOUND';
    const { deletedBy } = row;
    for (const each of this.#below(row, (child) => child.deletedBy === deletedBy)) each.deletedBy = null;
    return 'OK';
  }

  purge(type: Type, id: string): string {
    const row = this.find(type, id);
    if (!row?.deletedBy) return 'NOT_FOUND';
    for (const each of this.#below(row, () => true)) this.rows.delete(`${each.type} ${each.id}`);
    return 'OK';
  }

  #live(type: Type, id: string): Row | undefined {
    const row = this.find(type, id);
    return row?.deletedBy ? undefined : row;
  }

  /** The row and those below it that are meant, each once. */
  #below(root: Row, isMeant: (row: Row) => boolean): Set<Row> {
    const found = new Set([root]);
    for (const row of found) {
      for (const child of this.rows.values()) {
        const refers = PARENTS[child.type].some(([column, type]) => type === row.type && child.refs[column] === row.id);
        if (refers && isMeant(child)) found.add(child);
      }
    }
    return found;
  }
}

const id = fc.constantFrom('1', '2', '3', '4');
const step = fc.record({
  kind: fc.constantFrom('create', 'create', 'create', 'update', 'delete', 'delete', 'restore', 'restore', 'purge'),
  type: fc.constantFrom(...TYPES),
  id,
  parent: fc.option(id),
  other: fc.option(id),
  /** How much later than the step before: mostly at the same moment. */
  laterMs: fc.constantFrom(0, 0, 0, 1, 400, 1_000),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const refsOf = ({ type, parent, other }: Step): Row['refs'] =>
  type === 'Task' ? { projectId: other, parentId: parent } : type === 'Project' ? {} : { taskId: parent ?? '1' };

function operationOf({ kind, type, id }: Step, refs: Row['refs']): WriteOperation {
  if (kind === 'create') return { kind, table: type, values: { teamId: 't', id, ...refs }, select: null };
  const key = { columns: ['teamId', 'id'], values: ['t', id] as WireValue[] };
  const target = { table: type, key, within: null, expectedVersion: null, select: null };
  return kind === 'update' ? { kind, ...target, set: SETS[type], atomic: {} } : { kind: kind as 'delete', ...target };
}

const SETS = { Project: { budget: 5 }, Task: { title: 'new' }, Comment: { body: 'new' }, File: {} } as const;

function told(answer: ReturnType<LabShard['write']>): string {
  if (answer.status !== 'FAILED') return answer.status;
  const { code, message } = answer.error;
  return message.includes('that a deleted') ? `${code} deleted` : code;
}

const stateOf = (shard: LabShard): string[] =>
  TYPES.flatMap((type) =>
    shard
      .rows(`SELECT id, ${type === 'File' ? 'NULL' : 'deleted_at'} FROM ${SQL_NAMES[type]}`)
      .map(([rowId, deletedAt]) => `${type} ${rowId}${deletedAt === null ? '' : ' deleted'}`),
  ).sort();

const expectedState = ({ rows }: Oracle): string[] =>
  [...rows.values()].map((row) => `${row.type} ${row.id}${row.deletedBy ? ' deleted' : ''}`).sort();

it('rows are there, hidden or gone as the oracle has them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      let nowMs = Date.parse('2026-01-02T03:04:05.678Z');
      await inNewShard(
        model,
        migrationsOf(model),
        (shard) => {
          shard.write('t:t', [{ kind: 'create', table: 'Team', values: { id: 't' }, select: null }]);
          const oracle = new Oracle();
          for (const each of steps) {
            if (each.type === 'File' && (each.kind === 'restore' || each.kind === 'purge')) continue;
            nowMs += each.laterMs;
            const refs = refsOf(each);
            const answer = told(shard.write('t:t', [operationOf(each, refs)]));
            const { kind, type, id } = each;
            const expected =
              kind === 'create'
                ? oracle.create(type, id, refs)
                : oracle[kind as 'update' | 'delete' | 'restore' | 'purge'](type, id);
            expect(answer, JSON.stringify(each)).toBe(expected);
            expect(stateOf(shard), JSON.stringify(each)).toEqual(expectedState(oracle));
          }
        },
        () => nowMs,
      );
    }),
    propertyRuns(30),
  );
});
