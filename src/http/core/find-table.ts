import type { Model, TableModel } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';

/**
 * The table of this name, SQL name or GraphQL type; throws `BAD_USER_INPUT` that lists the tables. `where`: what
 * should name it.
 */
export function findTable(model: Model, name: string | null, where = '?table='): TableModel {
  const table = model.tables.find(({ typeName, sqlName }) => typeName === name || sqlName === name);
  if (table) return table;
  const known = model.tables.map(({ sqlName }) => sqlName).join(', ');
  const got = name === null ? 'none' : `"${name}"`;
  throw new ShardQLError('BAD_USER_INPUT', `Expected ${where} to name one of ${known}, but got ${got}.`);
}
