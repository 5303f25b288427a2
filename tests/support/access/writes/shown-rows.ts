/** The rows that the answer to a write shows, held to those that the caller sees. */
import { type Row, rowsOf, type World } from '../../queries/world.ts';
import type { Viewer } from '../roles.ts';
import { type AllRows, accessWorld } from '../rows.ts';
import { seenWorld } from '../seen-world.ts';
import { keyOf } from './row-picker.ts';
import type { Write } from './write.ts';

interface ShownRow {
  readonly type: string;
  readonly row: Row;
}

/** Rows of an answer that the caller sees neither before nor after the write, or not so. */
export function rowsNotSeen(
  write: Write,
  data: { readonly it: unknown },
  before: AllRows,
  after: AllRows,
  viewer: Viewer,
): string[] {
  const [old, now] = [seenWorld(accessWorld(before), viewer), seenWorld(accessWorld(after), viewer)];
  return shownRows(write, data.it).flatMap(({ type, row }) => {
    const text = textOf(row);
    const key = JSON.stringify(keyOf(type, row));
    const find = (world: World) => rowsOf(world, type, true).find((one) => JSON.stringify(keyOf(type, one)) === key);
    const [was, is] = [find(old), find(now)];
    const isSeen = [was, is].some((one) => one !== undefined && textOf(one) === text);
    // A transaction may change a row before it deletes it: the row had those values in between alone.
    const isGone = write.isTransaction && was !== undefined && is === undefined;
    const hasSameColumns = was !== undefined && namesOf(was) === namesOf(row);
    return isSeen || (isGone && hasSameColumns) ? [] : [`${type} ${text}`];
  });
}

const namesOf = (row: Row): string => Object.keys(row).sort().join();

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
