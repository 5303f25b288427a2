import type { WireValue } from '../../../../model/types.ts';

/** Distinct keys of one node. What is equal in all of them binds as a plain parameter, the rest as one JSON list. */
export interface KeySet {
  readonly keys: readonly (readonly WireValue[])[];
  /** Positions where keys differ; empty if there is one key. */
  readonly varying: readonly number[];
}

interface KeyGroups extends KeySet {
  /** Per row, the index of its key in `keys`; −1 if a part of it is NULL (or the row is left out). */
  readonly keyOfRow: readonly number[];
}

/** The distinct keys that stand at positions `from` of rows. Rows that `keep` rejects count as without a key. */
export function groupKeys(
  rows: readonly (readonly unknown[])[],
  from: readonly number[],
  keep: ((row: readonly unknown[]) => boolean) | null = null,
): KeyGroups {
  const keyOfRow: number[] = [];
  let first: readonly unknown[] | undefined;
  for (const row of rows) {
    const hasKey = !holdsNull(row, from) && (keep === null || keep(row));
    keyOfRow.push(hasKey ? 0 : -1);
    if (hasKey) first ??= row;
  }
  if (first === undefined) return { keys: [], varying: [], keyOfRow };

  const varying: number[] = [];
  for (let position = 0; position < from.length; position++) {
    if (varies(rows, keyOfRow, from[position]!, first)) varying.push(position);
  }
  if (varying.length === 0) return { keys: [keyIn(first, from)], varying, keyOfRow };

  const keys: WireValue[][] = [];
  const indexByIdentity = new Map<unknown, number>();
  const identity = identityOf(varying.map((position) => from[position]!));
  for (let at = 0; at < rows.length; at++) {
    if (keyOfRow[at] === -1) continue;
    const row = rows[at]!;
    const id = identity(row);
    let index = indexByIdentity.get(id);
    if (index === undefined) {
      index = keys.push(keyIn(row, from)) - 1;
      indexByIdentity.set(id, index);
    }
    keyOfRow[at] = index;
  }
  return { keys, varying, keyOfRow };
}

const keyIn = (row: readonly unknown[], from: readonly number[]): WireValue[] =>
  from.map((column) => row[column] as WireValue);

function holdsNull(row: readonly unknown[], from: readonly number[]): boolean {
  for (const column of from) if (row[column] === null) return true;
  return false;
}

function varies(
  rows: readonly (readonly unknown[])[],
  keyOfRow: readonly number[],
  column: number,
  first: readonly unknown[],
): boolean {
  for (let at = 0; at < rows.length; at++) if (keyOfRow[at] !== -1 && rows[at]![column] !== first[column]) return true;
  return false;
}

function identityOf(columns: readonly number[]): (row: readonly unknown[]) => unknown {
  const [only] = columns;
  if (columns.length === 1) return (row) => row[only!];
  return (row) => JSON.stringify(columns.map((column) => row[column]));
}

/** JSON list of the varying parts: scalars if one part varies, else arrays. */
export function keysToJson({ keys, varying }: KeySet): string {
  const [only] = varying;
  if (varying.length === 1) return JSON.stringify(keys.map((key) => key[only!]));
  return JSON.stringify(keys.map((key) => varying.map((position) => key[position])));
}
