/**
 * What an undo must do, worked out from states of the tables alone: no log, no SQL. A row goes back unless something is in
 * its way; what is in the way of one may be another that stays.
 */

export interface LabRow {
  readonly table: 'nodes' | 'leaves';
  readonly id: string;
  /** By column; generated ones and the version are left out. */
  readonly values: Readonly<Record<string, string | number | null>>;
  readonly version: number;
}

/** Rows by table and id. */
export type LabState = ReadonlyMap<string, LabRow>;

export interface ExpectedUndo {
  /** Places of rows that go back, with what becomes of them. */
  readonly changed: ReadonlyMap<string, LabRow | null>;
  readonly left: ReadonlySet<string>;
}

const isEqual = (a: LabRow | undefined, b: LabRow | undefined): boolean =>
  JSON.stringify(a?.values) === JSON.stringify(b?.values);

export function expectedUndo(before: LabState, after: LabState, now: LabState, version: number): ExpectedUndo {
  const places = new Set([...before.keys(), ...after.keys()]);
  const changed = [...places].filter((place) => !isEqual(before.get(place), after.get(place)));
  const isAsLeft = (place: string): boolean =>
    after.has(place) ? now.get(place)?.version === version : !now.has(place);
  let back = new Set(changed.filter(isAsLeft));
  for (;;) {
    const state = stateWith(now, before, back);
    const stays = culprits(state, back, after);
    if (stays.size === 0) break;
    back = without(back, stays);
  }
  return {
    changed: new Map([...back].map((place) => [place, before.get(place) ?? null])),
    left: without(new Set(changed), back),
  };
}

/** How many rows are created, changed and deleted as they go back. */
export function countBack(
  { changed }: ExpectedUndo,
  now: LabState,
): Record<'restored' | 'updated' | 'deleted', number> {
  const back = [...changed];
  return {
    restored: back.filter(([place, row]) => row !== null && !now.has(place)).length,
    updated: back.filter(([place, row]) => row !== null && now.has(place)).length,
    deleted: back.filter(([, row]) => row === null).length,
  };
}

/** The state after an undo with this version: rows that go back have it, all others are as they were. */
export function stateAfter({ changed }: ExpectedUndo, now: LabState, version: number): LabState {
  const state = new Map(now);
  for (const [place, row] of changed) {
    if (row) state.set(place, { ...row, version });
    else state.delete(place);
  }
  return state;
}

const without = (places: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> =>
  new Set([...places].filter((place) => !others.has(place)));

function stateWith(now: LabState, before: LabState, back: ReadonlySet<string>): Map<string, LabRow> {
  const state = new Map(now);
  for (const place of back) {
    const row = before.get(place);
    if (row) state.set(place, row);
    else state.delete(place);
  }
  return state;
}

/** Rows whose going back leaves two rows with one unique value, or one that refers to nothing. */
function culprits(state: LabState, back: ReadonlySet<string>, after: LabState): Set<string> {
  const found = new Set<string>();
  for (const column of ['uid', 'slot']) {
    const holders = Map.groupBy(
      [...state].filter(([, { table, values }]) => table === 'nodes' && values[column] !== null),
      ([, { values }]) => values[column],
    );
    for (const rows of holders.values()) {
      if (rows.length > 1) for (const [place] of rows) if (back.has(place)) found.add(place);
    }
  }
  const ids = new Set([...state.values()].filter(({ table }) => table === 'nodes').map(({ id }) => id));
  const uids = new Set([...state.values()].filter(({ table }) => table === 'nodes').map(({ values }) => values.uid));
  for (const [place, { table, values }] of state) {
    const targets = table === 'nodes' ? [values.parent, values.partner] : [values.node_uid];
    for (const target of targets) {
      if (target === null || target === undefined) continue;
      if (table === 'nodes' ? ids.has(target as string) : uids.has(target)) continue;
      if (back.has(place)) found.add(place);
      // It stays, and what it refers to was to go, or to be called otherwise.
      else for (const other of back) if (names(after.get(other), table, target)) found.add(other);
    }
  }
  return found;
}

const names = (row: LabRow | undefined, referring: LabRow['table'], target: string | number): boolean =>
  row?.table === 'nodes' && (referring === 'nodes' ? row.id === target : row.values.uid === target);
