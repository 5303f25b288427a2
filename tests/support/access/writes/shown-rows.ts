/** The rows that the answer to a write shows, held to those that the caller sees. */
import { type Row, rowsOf } from '../../queries/world.ts';
import type { Viewer } from '../roles.ts';
import { type AllRows, accessWorld } from '../rows.ts';
import { seenWorld } from '../seen-world.ts';
import { keyOf } from './row-picker.ts';
import type { Write } from './write.ts';

interface ShownRow {
  readonly type: string;
  readonly row: Row;
}

/** Rows of an answer that the caller sees in none of these states of the database, or not so. */
export function rowsNotSeen(
  write: Write,
  data: { readonly it: unknown },
  states: readonly AllRows[],
  viewer: Viewer,
): string[] {
  const worlds = states.map((rows) => seenWorld(accessWorld(rows), viewer));
  return shownRows(write, data.it).flatMap(({ type, row }) => {
    const text = textOf(row);
    const key = JSON.stringify(keyOf(type, row));
    const isSeen = worlds.some((world) =>
      rowsOf(world, type, true).some((one) => JSON.stringify(keyOf(type, one)) === key && textOf(one) === text),
    );
    return isSeen ? [] : [`${type} ${text}`];
  });
}

const textOf = (row: Row): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

function shownRows({ steps, isTransaction }: Write, it: unknown): ShownRow[] {
  if (isTransaction) {
    const { results } = it as { readonly results: readonly { readonly nodes: readonly Row[] }[] };
    return results.flatMap(({ nodes }) => nodes.map(named));
  }
  if (it === null) return [];
  const { nodes } = it as { readonly nodes?: readonly Row[] };
  return (nodes ?? [it as Row]).map((row) => ({ type: steps[0]!.type, row: columnsOf(row) }));
}

/** Rows of several types have the type in the names of their columns. */
function named({ __typename, ...row }: Row): ShownRow {
  const type = String(__typename);
  const columns = Object.entries(columnsOf(row)).map(([name, value]) => [name.slice(type.length + 1), value]);
  return { type, row: Object.fromEntries(columns) };
}

const columnsOf = ({ __typename: _, nodeId: __, ...row }: Row): Row => row;
