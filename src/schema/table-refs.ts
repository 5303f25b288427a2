import type { Model } from '../model/types.ts';
import type { Connection } from '../resolvers/connection.ts';
import type { Row } from '../resolvers/row.ts';
import type { Builder } from './builder.ts';

/** The output types of a table, which refer to those of other tables: named first, filled in afterwards. */
export type TableRefs = ReturnType<typeof tableRefs>;

const tableRefs = (builder: Builder, typeName: string) => ({
  row: builder.objectRef<Row>(typeName),
  connection: builder.objectRef<Connection>(`${typeName}Connection`),
});

export const addTableRefs = (builder: Builder, model: Model): ReadonlyMap<string, TableRefs> =>
  new Map(model.tables.map(({ typeName }) => [typeName, tableRefs(builder, typeName)]));
