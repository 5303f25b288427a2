import type { WireValue } from '../../../model/types.ts';

/** Distinct keys of one node. What is equal in all of them binds as a plain parameter, the rest as one JSON list. */
export interface KeySet {
  readonly keys: readonly (readonly WireValue[])[];
  /** Positions where keys differ; empty if there is one key. */
  readonly varying: readonly number[];
}

export interface KeyGroups extends KeySet {
  /** Per row, the index of its key in `keys`; −1 if a part of it is NULL (or the row is left out). */
  readonly keyOfRow: readonly number[];
}

/** The distinct keys that stand at positions `from` of rows. Rows that `keep` rejects count as without a key. */
export function groupKeys(
  rows: readonly (readonly unknown[])[],
  from: readonly number[],
  keep: (row: readonly unknown[]) => boolean = () => true,
): KeyGroups {
  const hasKey = rows.map((row) => from.every((index) => row[index] !== null) && keep(row));
  const first = rows[hasKey.indexOf(true)];
  if (first === undefined) return { keys: [], varying: [], keyOfRow: rows.map(() => -1) };

  const varying: number[] = [];
  for (const [position, index] of from.entries()) {
    if (rows.some((row, at) => hasKey[at] && row[index] !== first[index])) varying.push(position);
  }
  const identity = identityOf(varying.map((position) => from[position]!));
  const keys: WireValue[][] = [];
  const indexByIdentity = new Map<unknown, number>();
  const keyOfRow = rows.map((row, at) => {
    if (!hasKey[at]) return -1;
    const id = identity(row);
    let index = indexByIdentity.get(id);
    if (index === undefined) {
      index = keys.push(from.map((column) => row[column] as WireValue)) - 1;
      indexByIdentity.set(id, index);
    }
    return index;
  });
  return { keys, varying, keyOfRow };
}

function identityOf(indexes: readonly number[]): (row: readonly unknown[]) => unknown {
  const [only] = indexes;
  if (only === undefined) return () => null;
  if (indexes.length === 1) return (row) => row[only];
  return (row) => JSON.stringify(indexes.map((index) => row[index]));
}

/** JSON list of the varying parts: scalars if one part varies, else arrays. */
export function keysToJson({ keys, varying }: KeySet): string {
  const [only] = varying;
  if (varying.length === 1) return JSON.stringify(keys.map((key) => key[only!]));
  return JSON.stringify(keys.map((key) => varying.map((position) => key[position])));
}
