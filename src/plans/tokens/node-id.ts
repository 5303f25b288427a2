import type { Model, TableModel, WireValue } from '../../model/types.ts';
import { isCanonicalWire } from '../../model/wire-kinds.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeToken, encodeToken } from './token.ts';

const FORMAT = 0x10;

/** The global id of a row: its type and primary key (which includes the shard key). */
export const encodeNodeId = (table: TableModel, primaryKey: readonly WireValue[]): string =>
  encodeToken(FORMAT, [table.typeName, ...primaryKey]);

export interface NodeId {
  readonly table: TableModel;
  /** Values of the primary key's columns, in order. */
  readonly primaryKey: readonly Exclude<WireValue, null>[];
}

/** Reads a global id; `BAD_USER_INPUT` unless it could be one of this model. The row need not exist. */
export function decodeNodeId(model: Model, nodeId: string): NodeId {
  const payload = decodeToken(FORMAT, nodeId);
  if (Array.isArray(payload)) {
    const [typeName, ...primaryKey] = payload;
    const table = model.tableByType.get(typeName);
    if (table && isPrimaryKey(table, primaryKey)) return { table, primaryKey };
  }
  throw badUserInput('Expected a nodeId that this API gave out, but got another or a damaged text.');
}

function isPrimaryKey(table: TableModel, values: unknown[]): values is Exclude<WireValue, null>[] {
  const { columns } = table.primaryKey;
  return (
    values.length === columns.length &&
    columns.every((column, index) => values[index] !== null && isCanonicalWire(column, values[index]))
  );
}
