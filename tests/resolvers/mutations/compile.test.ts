/** Nested data becomes a flat list of operations: what others refer to first. */
import { describe, expect, it } from 'vitest';
import type { RowMutation } from '../../../src/model/mutation-names.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { compileWrite } from '../../../src/resolvers/mutations/compile/compile-write.ts';
import type { RowOperation } from '../../../src/shards/operation.ts';
import model from '../../models/workshop.ts';

const SELECT = { plan: 'p', values: [] };

function compile(kind: RowMutation, type: string, args: Readonly<Record<string, unknown>>) {
  const table = model.table(type);
  const draft = compileWrite({ model, access: FULL_ACCESS }, kind, table, args);
  const shardKey = draft.shardKey ?? draft.defaultShardKey ?? 'found';
  return draft.operationsAt({ shardKey, select: SELECT, first: 0, rows: [] });
}

/** One line for each operation: `1 create Task values {projectId: 0.id} data.tasks.create.0`. */
const outline = (kind: RowMutation, type: string, args: Readonly<Record<string, unknown>>): string[] => {
  const { operations, places } = compile(kind, type, args);
  return operations.map((operation, index) => `${lineOf(operation, index)} ${places[index]!.path.join('.')}`.trim());
};

function lineOf(operation: RowOperation, index: number): string {
  const { kind, table, when, select: _, ...rest } = operation as RowOperation & Record<string, unknown>;
  const parts = Object.entries(rest)
    .filter(([, value]) => value !== null && JSON.stringify(value) !== '{}' && value !== undefined)
    .map(([name, value]) => `${name} ${text(value)}`);
  const condition = when as { operation: number; found: boolean } | undefined;
  return `${condition ? `if ${condition.operation} ${condition.found ? 'found' : 'missing'}: ` : ''}${index} ${kind} ${table} ${parts.join(' ')}`;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const { operation, column, columns, values } = value as Record<string, unknown>;
  if (operation !== undefined) return `${operation}.${column}`;
  if (columns !== undefined) {
    return text(Object.fromEntries((columns as string[]).map((name, at) => [name, (values as unknown[])[at]])));
  }
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}: ${text(inner)}`)
    .join(', ')}}`;
}

describe('the operations of nested data', () => {
  it('are those of referred rows, then the row, then those that refer to it', () => {
    const tasks = { create: [{ id: 't', title: 'T', labels: { connect: [{ name: 'L' }] } }], connect: [{ id: 'u' }] };
    const owner = { create: { id: 'o', name: 'O', badge: { create: { id: 'b', code: 'B' } } } };
    expect(outline('create', 'Project', { data: { teamId: 'x', id: 'p', title: 'P', owner, tasks } })).toEqual([
      '0 create Person values {id: o, teamId: x, name: O} data.owner.create',
      '1 create Badge values {id: b, teamId: x, code: B, personId: o} data.owner.create.badge.create',
      '2 create Project values {id: p, teamId: x, title: P, ownerId: o} data',
      '3 update Task key {teamId: x, id: u} set {projectId: p} data.tasks.connect.0',
      '4 create Task values {id: t, teamId: x, projectId: p, title: T} data.tasks.create.0',
      '5 find Label key {teamId: x, name: L} required true data.tasks.create.0.labels.connect.0',
      '6 upsert TaskLabel key {teamId: x, taskId: t, labelId: 5.id} create {teamId: x, taskId: t, labelId: 5.id} data.tasks.create.0.labels.connect.0',
    ]);
  });

  it('depend on whether a row is there, where it may be', () => {
    const upsert = [
      { by: { id: 't' }, create: { title: 'T', labels: { create: [{ id: 'l', name: 'L' }] } }, update: { points: 1 } },
    ];
    const data = { owner: { upsert: { create: { id: 'o', name: 'O' }, update: { name: 'P' } } }, tasks: { upsert } };
    expect(outline('update', 'Project', { by: { id: 'p' }, shardKey: 'x', data })).toEqual([
      '0 update Project key {teamId: x, id: p}',
      '1 find Person key {teamId: x, id: 0.ownerId} required false data.owner.upsert',
      'if 1 found: 2 update Person key {teamId: x, id: 1.id} set {name: P, changes: 1} data.owner.upsert',
      'if 1 missing: 3 create Person values {id: o, teamId: x, name: O} data.owner.upsert.create',
      'if 1 missing: 4 update Project key {teamId: x, id: p} set {ownerId: o} data.owner.upsert',
      '5 find Task key {teamId: x, id: t} within {projectId: p} required false data.tasks.upsert.0',
      '6 upsert Task key {teamId: x, id: t} within {projectId: p} create {id: t, teamId: x, projectId: p, title: T} set {points: 1} data.tasks.upsert.0',
      'if 5 missing: 7 create Label values {id: l, teamId: x, name: L} data.tasks.upsert.0.create.labels.create.0',
      'if 5 missing: 8 create TaskLabel values {teamId: x, taskId: t, labelId: l} data.tasks.upsert.0.create.labels.create.0',
    ]);
  });

  it('are confined to the shard key, also where rows are not named', () => {
    const labels = {
      set: [{ id: 'l' }],
      disconnect: [{ id: 'm' }],
      update: [{ by: { id: 'n' }, data: { name: 'N' } }],
    };
    const args = { by: { id: 't' }, shardKey: 'x', data: { labels, watchers: { connect: [{ id: 'w' }] } } };
    const lines = outline('update', 'Task', args);
    for (const line of lines) expect(line).toContain('teamId: x');
    expect(lines).toContain(
      '2 unlink TaskLabel match {teamId: x, taskId: t, labelId: m} keep [] required true data.labels.disconnect.0',
    );
    expect(lines).toContain('5 unlink TaskLabel match {teamId: x, taskId: t} keep [4] required false data.labels.set');
  });

  it('have the shard key that data says, also of a row that the new one refers to, or else a default', () => {
    const person = (team: object) => compile('create', 'Person', { data: { name: 'p', team } }).operations;
    expect(person({ connect: { id: 'x' } }).at(-1)).toMatchObject({ values: { teamId: 'x' } });
    expect(person({ create: { id: 'x', name: 'T' } }).at(-1)).toMatchObject({ values: { teamId: 'x' } });
    const [team, made] = person({ create: { name: 'T' } }) as unknown as { values: Record<string, string> }[];
    expect(team!.values.id).toMatch(/^team-/);
    expect(made!.values.teamId).toBe(team!.values.id);
  });
});
