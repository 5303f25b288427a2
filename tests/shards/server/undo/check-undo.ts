import { expect } from 'vitest';
import type { LoggedState } from './logged-states.ts';
import type { UndoAnswer } from './undo-by-api.ts';
import { countBack, type ExpectedUndo, expectedUndo, type LabState, stateAfter } from './undo-oracle.ts';

export interface UndoCounts {
  undos: number;
  inSeveralShards: number;
  commits: number;
  changed: number;
  left: number;
}

/** Version of the commit in each shard, by name. */
export type Commits = ReadonlyMap<string, number>;

export interface Operation {
  readonly id: string;
  readonly origin: string;
  readonly commits: Commits;
}

export interface Undo {
  readonly of: Operation;
  /** Null: it has changed nothing. */
  readonly operation: Operation | null;
  readonly answer: UndoAnswer;
  /** Versions of the shards' last commits, by name, before it was sent and after it was answered. */
  readonly from: Commits;
  readonly to: Commits;
}

/** Holds an undo to the oracle, in each shard at the place that the log gives it. `statesByShard`: oldest first. */
export function checkUndo(
  { of, operation, answer, from, to }: Undo,
  statesByShard: ReadonlyMap<string, readonly LoggedState[]>,
  counts: UndoCounts,
): void {
  counts.undos++;
  const totals = { restored: 0, updated: 0, deleted: 0 };
  const [left, mayBeLeft] = [new Set<string>(), new Set<string>()];
  const uncertain = new Set<string>();
  expect(answer.shards.map(({ name }) => name).sort()).toEqual([...of.commits.keys()].sort());
  for (const { name, changedCount, code } of answer.shards) {
    expect(code).toBeNull();
    const states = statesByShard.get(name)!;
    const at = (version: number) => states.findIndex((state) => state.version === version);
    const undone = at(of.commits.get(name)!);
    const expectedAt = (now: LoggedState) =>
      [...now.byTenant].map(([tenant, state]): readonly [string, LabState, ExpectedUndo] => {
        const [before, after] = [states[undone - 1]!, states[undone]!].map(({ byTenant }) => byTenant.get(tenant)!);
        return [tenant, state, expectedUndo(before!, after!, state, states[undone]!.version)];
      });
    const version = operation?.commits.get(name);
    if (version === undefined) {
      // It changed nothing, when is not known: so it was at one of the states meanwhile.
      expect(changedCount).toBe(0);
      const meanwhile = states.slice(at(from.get(name)!), at(to.get(name)!) + 1);
      expect(
        meanwhile.some((state) => expectedAt(state).every(([, , { changed }]) => changed.size === 0)),
        `${of.id} in ${name}`,
      ).toBe(true);
      for (const tenant of states[0]!.byTenant.keys()) uncertain.add(tenant);
      continue;
    }
    counts.commits++;
    const [now, next] = [states[at(version) - 1]!, states[at(version)]!];
    let changedHere = 0;
    for (const [tenant, state, expected] of expectedAt(now)) {
      expect(next.byTenant.get(tenant), `${of.id} in ${name}`).toEqual(stateAfter(expected, state, version));
      changedHere += expected.changed.size;
      const here = countBack(expected, state);
      for (const kind of ['restored', 'updated', 'deleted'] as const) totals[kind] += here[kind];
      for (const place of expected.left) left.add(`${tenant} ${place}`);
    }
    expect(changedCount).toBe(changedHere);
    counts.changed += changedHere;
  }
  counts.left += left.size;
  if ((operation?.commits.size ?? 0) > 1) counts.inSeveralShards++;
  expect(answer).toMatchObject({
    restoredCount: totals.restored,
    updatedCount: totals.updated,
    deletedCount: totals.deleted,
  });
  for (const { table, key } of answer.conflicts.nodes) {
    if (!uncertain.has(key.tenant)) mayBeLeft.add(`${key.tenant} ${table === 'Branch' ? 'nodes' : 'leaves'} ${key.id}`);
  }
  expect([...mayBeLeft].sort()).toEqual([...left].sort());
}
