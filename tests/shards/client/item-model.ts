import {
  type ColumnModel,
  DEFAULT_CACHE_POLICY,
  type KeyModel,
  type Model,
  type TableModel,
  type WireKind,
} from '../../../src/model/types.ts';

const column = (name: string, wire: WireKind, notNull = true): ColumnModel => ({
  name,
  sqlName: name,
  scalar: 'String',
  wire,
  enum: null,
  dateTime: null,
  notNull,
  hasSqlDefault: false,
  hasExpressionDefault: false,
  constantDefault: undefined,
  defaultFn: null,
  onUpdateFn: null,
  generated: false,
});

const columns = [
  column('owner', 'text'),
  column('id', 'text'),
  column('text', 'text', false),
  column('int', 'int', false),
  column('int64', 'int64', false),
  column('real', 'real', false),
  column('decimal', 'decimal', false),
  column('blob', 'blob', false),
] as const;

const primaryKey: KeyModel = {
  name: 'PRIMARY',
  columns: [columns[0], columns[1]],
  byColumns: [columns[1]],
  names: ['owner', 'id'],
  byName: 'id',
  liveOnly: false,
};

/** A table with a column of every kind that can be ordered by, as `defineModel` would describe it. */
export const itemTable: TableModel = {
  typeName: 'Item',
  single: 'item',
  list: 'items',
  sqlName: 'items',
  globalIdField: 'nodeId',
  domain: 'owner',
  shardKey: columns[0],
  search: [],
  columns,
  columnByName: new Map(columns.map((each) => [each.name, each])),
  primaryKey,
  uniqueKeys: [],
  foreignKeys: [],
  indexes: [],
  checks: [],
  expressions: [],
  relations: [],
  relationByName: new Map(),
  cache: DEFAULT_CACHE_POLICY,
  softDelete: null,
  validation: null,
  rules: null,
};

export const itemModel: Model = {
  tables: [itemTable],
  tableByType: new Map([['Item', itemTable]]),
  table: () => itemTable,
  globalIdField: 'nodeId',
  insertOrder: ['Item'],
  physicalTables: {},
  roles: new Map(),
};
