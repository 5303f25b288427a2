import { fnv1a64 } from '../lib/fnv1a.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { TableModel } from './types.ts';

/**
 * Hash of what a table's rows look like on the wire: names, storage and meaning of its columns, and its keys. Answers that
 * one release stored are of use to another if the hashes of their tables are equal.
 */
export const shapeHash = memoizeByObject((table: TableModel): string => {
  const columns = table.columns.map(({ name, sqlName, scalar, wire, enum: values, dateTime, notNull }) => [
    name,
    sqlName,
    scalar,
    wire,
    values?.values ?? null,
    dateTime,
    notNull,
  ]);
  const keys = [table.primaryKey, ...table.uniqueKeys].map(({ names }) => names);
  const names = [table.typeName, table.sqlName, table.domain, table.shardKey.name];
  return fnv1a64(JSON.stringify([names, columns, keys]));
});
