import type { EnumRef } from '@pothos/core';
import type { ColumnModel, Model } from '../model/types.ts';
import type { Builder } from './builder.ts';

// biome-ignore lint/suspicious/noExplicitAny: Pothos types a ref by its builder's types, which do not matter to its users here.
type AnyEnumRef = EnumRef<any, string>;

/** The GraphQL type of a column's values: a scalar's name, or an enum. */
export type ColumnType = Exclude<ColumnModel['scalar'], 'Enum'> | AnyEnumRef;

/** What decides the type of a column's values. */
export type TypedColumn = Pick<ColumnModel, 'scalar' | 'enum'>;

/** Adds an enum type for each enum column; gives the type of any column. */
export function addColumnTypes(builder: Builder, model: Model): (column: TypedColumn) => ColumnType {
  const enumByName = new Map<string, AnyEnumRef>();
  for (const column of model.tables.flatMap((table) => table.columns)) {
    if (!column.enum || enumByName.has(column.enum.typeName)) continue;
    const values = column.enum.values.map(([name]) => name);
    enumByName.set(column.enum.typeName, builder.enumType(column.enum.typeName, { values }));
  }
  return (column) => (column.scalar === 'Enum' ? enumByName.get(column.enum!.typeName)! : column.scalar);
}
