import { withArticle } from '../../model/names.ts';
import type { Model, TableModel, WireValue } from '../../model/types.ts';
import { isCanonicalWire, WIRE_KINDS } from '../../model/wire-kinds.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeToken, encodeToken } from './token.ts';

type PrimaryKey = readonly Exclude<WireValue, null>[];

/** The global id of a row: its type and primary key (which includes the shard key). */
export const encodeNodeId = ({ typeName, primaryKey: { columns } }: TableModel, primaryKey: PrimaryKey): string =>
  encodeToken([typeName, ...primaryKey.map((value, at) => WIRE_KINDS[columns[at]!.wire].toToken(value))]);

export interface NodeId {
  readonly table: TableModel;
  /** Values of the primary key's columns, in order. */
  readonly primaryKey: PrimaryKey;
}

/** Reads a global id; `BAD_USER_INPUT` unless it could be one of this model. The row need not exist. */
export function decodeNodeId(model: Model, nodeId: string): NodeId {
  const [typeName, ...parts] = decodeToken(nodeId) ?? [];
  const table = typeof typeName === 'string' ? model.tableByType.get(typeName) : undefined;
  if (table && parts.length === table.primaryKey.columns.length) {
    const primaryKey = table.primaryKey.columns.map(({ wire }, at) => WIRE_KINDS[wire].fromToken(parts[at]));
    // Each row has one id: caches know it by that alone.
    if (isPrimaryKey(table, primaryKey) && encodeNodeId(table, primaryKey) === nodeId) return { table, primaryKey };
  }
  const expected = withArticle(model.globalIdField);
  throw badUserInput(`Expected ${expected} that this API gave out, but got another or a damaged text.`);
}

/** The tables whose rows a global id, or a list of them, names; what is wrong with others shows when they are read. */
export function namedTables(model: Model, nodeIds: unknown): readonly TableModel[] {
  const named = new Set([nodeIds].flat().map((nodeId) => tableOf(model, nodeId as string)));
  return model.tables.filter((table) => named.has(table));
}

function tableOf(model: Model, nodeId: string): TableModel | null {
  try {
    return decodeNodeId(model, nodeId).table;
  } catch {
    return null;
  }
}

const isPrimaryKey = (table: TableModel, values: readonly unknown[]): values is PrimaryKey =>
  table.primaryKey.columns.every((column, at) => values[at] !== null && isCanonicalWire(column, values[at]));
