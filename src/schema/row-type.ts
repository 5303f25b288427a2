import type { ColumnModel, Model, RelationModel, TableModel } from '../model/types.ts';
import { roleExtensions } from '../plans/field-role.ts';
import { valuesOf } from '../resolvers/extend/row-data.ts';
import { resolveRelation } from '../resolvers/resolve-relation.ts';
import type { Connection } from '../resolvers/show/connection.ts';
import { type Row, resolveColumn, resolveJson, resolveNodeId, resolveVersion } from '../resolvers/show/row.ts';
import type { Builder } from './builder.ts';
import type { ComputedField } from './extend/computed-field.ts';
import { JSON_PATH_DESCRIPTION } from './json-filter.ts';
import { listArgumentRefs } from './list-arguments.ts';
import type { TypeRefs } from './type-refs.ts';
import type { TypeRegistry } from './type-registry.ts';

interface RowTypeParts {
  readonly builder: Builder;
  readonly types: TypeRegistry;
  readonly refs: TypeRefs;
  readonly model: Model;
  /** Users' own fields of this type. */
  readonly computed: readonly ComputedField[];
}

/** Declares the fields of a table's rows: columns, relations, and what every row has. */
export function declareRow(table: TableModel, { builder, types, refs, model, computed }: RowTypeParts): void {
  builder.objectFields(refs.row(table.typeName), (t) => {
    const columnField = (column: ColumnModel) => (column.scalar === 'JSON' ? jsonField(column) : plainField(column));
    const plainField = (column: ColumnModel) =>
      t.field({
        type: refs.columnType(column),
        nullable: !column.notNull,
        extensions: roleExtensions({ kind: 'column', column }),
        resolve: (row) => resolveColumn(row, column) as never,
      });
    // There may be nothing at the path, and null is a JSON value.
    const jsonField = (column: ColumnModel) =>
      t.field({
        type: 'JSON',
        nullable: true,
        args: { path: t.arg.string({ description: JSON_PATH_DESCRIPTION }) },
        extensions: roleExtensions({ kind: 'column', column }),
        resolve: (row, { path }) => resolveJson(row, column, path),
      });
    const toOneField = (relation: RelationModel) =>
      t.field({
        type: refs.row(relation.targetType),
        nullable: true,
        extensions: roleExtensions({ kind: 'relation', relation }),
        resolve: (row, _args, context, info) => resolveRelation(row, context, info) as Promise<Row | null>,
      });
    const toManyField = (relation: RelationModel) =>
      t.field({
        type: refs.connection(relation.targetType),
        nullable: true,
        args: listArgumentRefs(builder, types, refs, model.table(relation.targetType)),
        extensions: roleExtensions({ kind: 'relation', relation }),
        resolve: (row, _args, context, info) => resolveRelation(row, context, info) as Promise<Connection | null>,
      });
    const computedField = ({ options }: ComputedField) => {
      const needs = options.needs.map((name) => table.columnByName.get(name)!);
      return t.field({
        type: options.type as 'String',
        nullable: (options.nullable ?? true) as boolean,
        args: options.args ?? {},
        description: options.description,
        extensions: { ...roleExtensions({ kind: 'computed', needs }), ...(options.roles && { roles: options.roles }) },
        resolve: (row, args, context, info) =>
          options.resolve(valuesOf(row, needs) as never, args as never, context as never, info) as string,
      });
    };
    return {
      [model.globalIdField]: t.id({
        nullable: false,
        extensions: roleExtensions({ kind: 'nodeId' }),
        resolve: resolveNodeId,
      }),
      ...Object.fromEntries(table.columns.map((column) => [column.name, columnField(column)])),
      version: t.field({
        type: 'Version',
        nullable: false,
        extensions: roleExtensions({ kind: 'version' }),
        resolve: resolveVersion,
      }),
      ...Object.fromEntries(
        table.relations.map((relation) => [
          relation.name,
          relation.kind === 'one' ? toOneField(relation) : toManyField(relation),
        ]),
      ),
      ...Object.fromEntries(computed.map((field) => [field.name, computedField(field)])),
    };
  });
}
