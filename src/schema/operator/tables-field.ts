import type { CachePolicy, ColumnModel, IndexModel, KeyModel, RelationModel, TableModel } from '../../model/types.ts';
import { countRows } from '../../resolvers/operator/tables.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

interface ShownTable {
  readonly table: TableModel;
  /** Null: not counted. */
  readonly rows: number | null;
}

/** `Query.tables`. */
export const tablesField: OperatorField = (builder) => {
  const table = declareTable(builder);
  builder.queryField('tables', (t) =>
    t.field({
      type: [table],
      nullable: true,
      description: 'The tables of the model, in declared order. Asks nobody, unless rows are to be counted.',
      args: {
        count: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Each shard is asked to count the rows of its tables, which wakes it and reads all of them.',
        }),
      },
      async resolve(_, { count }, { model, fleet }) {
        const counts = count ? await countRows(fleet) : null;
        return model.tables.map(
          (each): ShownTable => ({ table: each, rows: counts && (counts.get(each.typeName) ?? 0) }),
        );
      },
    }),
  );
};

function declareTable(builder: OperatorBuilder) {
  const column = declareColumn(builder);
  const key = declareKey(builder);
  const index = declareIndex(builder);
  const relation = declareRelation(builder);
  const cache = declareCache(builder);
  return builder.objectRef<ShownTable>('Table').implement({
    description: 'A table of the model.',
    fields: (t) => ({
      type: t.string({ description: 'Its GraphQL type.', resolve: ({ table }) => table.typeName }),
      sqlName: t.string({ description: 'Its name in SQL.', resolve: ({ table }) => table.sqlName }),
      single: t.string({
        description: 'Field of `/graphql` that gives one row.',
        resolve: ({ table }) => table.single,
      }),
      list: t.string({ description: 'Field of `/graphql` that lists rows.', resolve: ({ table }) => table.list }),
      globalIdField: t.string({
        description: 'Field of the global id of a row.',
        resolve: ({ table }) => table.globalIdField,
      }),
      shardKey: t.string({ description: 'The column of its shard key.', resolve: ({ table }) => table.shardKey.name }),
      columns: t.field({
        type: [column],
        description: 'In declared order.',
        resolve: ({ table }) => [...table.columns],
      }),
      primaryKey: t.field({ type: key, description: 'Its primary key.', resolve: ({ table }) => table.primaryKey }),
      uniqueKeys: t.field({
        type: [key],
        description: 'Its other keys.',
        resolve: ({ table }) => [...table.uniqueKeys],
      }),
      indexes: t.field({ type: [index], description: 'Its indexes.', resolve: ({ table }) => [...table.indexes] }),
      relations: t.field({
        type: [relation],
        description: 'Its relations.',
        resolve: ({ table }) => [...table.relations],
      }),
      searchColumns: t.stringList({
        description: 'Columns of its full-text index; none: lists cannot be searched.',
        resolve: ({ table }) => table.search.map(({ name }) => name),
      }),
      softDelete: t.string({
        nullable: true,
        description: 'The column that says when a row was deleted. Null: deleted rows are gone.',
        resolve: ({ table }) => table.softDelete?.name ?? null,
      }),
      cache: t.field({
        type: cache,
        description: 'How answers that hold its rows may be cached.',
        resolve: ({ table }) => table.cache,
      }),
      rows: t.exposeFloat('rows', { nullable: true, description: 'Over all shards; only with `count: true`.' }),
    }),
  });
}

const declareColumn = (builder: OperatorBuilder) =>
  builder.objectRef<ColumnModel>('TableColumn').implement({
    description: 'A column of a table.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its GraphQL field.' }),
      sqlName: t.exposeString('sqlName', { description: 'Its name in SQL.' }),
      scalar: t.string({
        description: 'Its GraphQL type.',
        resolve: ({ scalar, enum: named }) => named?.typeName ?? scalar,
      }),
      isNullable: t.boolean({ description: 'It may be null.', resolve: ({ notNull }) => !notNull }),
      isGenerated: t.exposeBoolean('generated', { description: 'It is worked out, and never written.' }),
      hasDefault: t.boolean({
        description: 'It may be left out where a row is created.',
        resolve: ({ hasSqlDefault, defaultFn }) => hasSqlDefault || defaultFn !== null,
      }),
      enumValues: t.stringList({
        nullable: true,
        description: 'Its values, as GraphQL has them. Null: it is of no enum.',
        resolve: (each) => each.enum?.values.map(([graphql]) => graphql) ?? null,
      }),
    }),
  });

const declareKey = (builder: OperatorBuilder) =>
  builder.objectRef<KeyModel>('TableKey').implement({
    description: 'A primary or unique key.',
    fields: (t) => ({
      name: t.exposeString('name', { description: '`PRIMARY`, or the name of its index in SQL.' }),
      columns: t.stringList({ description: 'Its columns, in order.', resolve: ({ names }) => [...names] }),
      byName: t.exposeString('byName', { description: 'Member of the argument `by` of `/graphql`.' }),
    }),
  });

const declareIndex = (builder: OperatorBuilder) =>
  builder.objectRef<IndexModel>('TableIndex').implement({
    description: 'An index of a table.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'In SQL.' }),
      isUnique: t.exposeBoolean('unique', { description: 'No two rows have the same values.' }),
      isPartial: t.exposeBoolean('partial', { description: 'It has some of the rows alone.' }),
      columns: t.field({
        type: t.listRef('String', { nullable: true }),
        description: 'In order. Null: an expression.',
        resolve: ({ columns }) => [...columns],
      }),
    }),
  });

const declareRelation = (builder: OperatorBuilder) =>
  builder.objectRef<RelationModel>('TableRelation').implement({
    description: 'A relation to rows of a table.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its GraphQL field.' }),
      isList: t.boolean({ description: 'It gives several rows.', resolve: ({ kind }) => kind === 'many' }),
      target: t.exposeString('targetType', { description: 'GraphQL type of the rows.' }),
      isColocated: t.exposeBoolean('colocated', { description: 'Both sides are always on the same shard.' }),
    }),
  });

const declareCache = (builder: OperatorBuilder) =>
  builder.objectRef<CachePolicy>('TableCache').implement({
    description: 'How answers that hold rows of a table may be cached.',
    fields: (t) => ({
      mode: t.exposeString('mode', {
        description: 'Of reads that name none: `STRONG`, `BOUNDED`, `SESSION` or `CACHED`.',
      }),
      strongest: t.exposeString('strongest', { description: 'The strongest mode that reads may name.' }),
      weakest: t.exposeString('weakest', { description: 'The weakest.' }),
      maxStalenessMs: t.exposeFloat('maxStalenessMs', {
        description: 'Bound of BOUNDED reads that name none, in milliseconds.',
      }),
      ttlSeconds: t.exposeFloat('ttlSeconds', { description: 'How long an answer counts as fresh.' }),
      swrSeconds: t.exposeFloat('swrSeconds', {
        description: 'How much longer CACHED reads may get it while it is refreshed.',
      }),
      refresh: t.exposeString('refresh', {
        description: '`hot`: what is read frequently is read again after a write; else `none`.',
      }),
      strongColumns: t.stringList({
        description: 'Columns that are always read STRONG.',
        resolve: ({ strongColumns }) => [...strongColumns],
      }),
    }),
  });
