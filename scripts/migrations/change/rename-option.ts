import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Words } from './change.ts';

/**
 * What `--rename` says: `table.old=new`, or `old=new` of a table. Names may have equals signs in them: the one that ends the
 * name of something that there is divides, else the first.
 *
 * @throws {Error} if nothing stands before or behind one.
 */
export function parseRename(text: string, before: DatabaseSchema): Words['renames'][number] {
  const divisions = [...text.matchAll(/(?<=.)=(?=.)/gs)].map(({ index }) => ({
    from: text.slice(0, index),
    to: text.slice(index + 1),
  }));
  const rename = divisions.find(({ from }) => isThere(from, before)) ?? divisions[0];
  if (rename === undefined) {
    throw new Error(`Expected --rename table.old=new, or old=new of a table, but got ${text}.`);
  }
  return rename;
}

/** Of a column, whatever its table is called: it may have a new name. */
function isThere(name: string, before: DatabaseSchema): boolean {
  if (before.has(name)) return true;
  const columns = [...name.matchAll(/\./g)].map(({ index }) => name.slice(index + 1));
  return columns.some((column) => [...before.values()].some((table) => table.columns.has(column)));
}
