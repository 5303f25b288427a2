/** Random models, and random changes of them. */
import { below, pick, type Random } from '../support/random.ts';
import type {
  CheckSpec,
  ColumnSpec,
  DefaultSpec,
  GeneratedSpec,
  IndexSpec,
  Kind,
  ModelSpec,
  TableSpec,
} from './model-spec.ts';

const KINDS: readonly Kind[] = [
  ...([
    'text',
    'text',
    'enum',
    'iso',
    'json',
    'int32',
    'int32',
    'int64',
    'boolean',
    'seconds',
    'milliseconds',
  ] as const),
  ...(['real', 'decimal', 'bytes', 'bigintBlob', 'jsonBlob'] as const),
];
const COLUMN_NAMES = [
  ...['alpha', 'beta', 'Gamma', 'delta', 'order', 'group', 'select', 'a b', 'grüße', 'true', 'value', 'from', 'rowid'],
  ...['x', 'y', 'z', 'note', 'size', 'default', 'check', 'null', 'excluded', 'key', 'sub', 'tenant', 'parent.key'],
];
const TABLE_NAMES = ['notes', 'Order', 'table one', 'grüße', 'items', 'logs', 'groups', 'select', 'memos', 'things'];
const ENUM_VALUES = ['a', 'b', 'c d', 'e'];

const TEXT_KINDS: readonly Kind[] = ['text', 'enum', 'iso', 'json'];
const INTEGER_KINDS: readonly Kind[] = ['int32', 'int64', 'boolean', 'seconds', 'milliseconds'];

/** Kinds that values of a kind can be asked to become. */
export function targetsOf(kind: Kind): readonly Kind[] {
  if (TEXT_KINDS.includes(kind)) return KINDS;
  if (INTEGER_KINDS.includes(kind)) return [...TEXT_KINDS, ...INTEGER_KINDS, 'real', 'decimal', 'bigintBlob'];
  if (kind === 'bigintBlob') return [...TEXT_KINDS, ...INTEGER_KINDS, 'real', 'decimal', 'bytes'];
  if (kind === 'jsonBlob') return [...TEXT_KINDS, 'bytes'];
  if (kind === 'bytes') return ['bigintBlob', 'jsonBlob'];
  return [...TEXT_KINDS, ...INTEGER_KINDS, 'real', 'decimal', 'bigintBlob'];
}

export interface SpecChange {
  readonly before: ModelSpec;
  readonly after: ModelSpec;
  readonly renames: readonly { readonly from: string; readonly to: string }[];
  readonly drops: readonly string[];
}

export function randomChange(random: Random): SpecChange {
  const maker = new SpecMaker(random);
  const before = maker.model();
  const after = maker.changed(before).map((table) => withValues(table, before));
  return { before, after, ...wordsOf(before, after) };
}

/** New columns have a value for existing rows. */
function withValues(table: TableSpec, before: ModelSpec): TableSpec {
  const old = before.find(({ id }) => id === table.id);
  if (old === undefined) return table;
  const isNew = ({ id }: ColumnSpec): boolean => old.columns.every((column) => column.id !== id);
  const columns = table.columns.map((column) =>
    isNew(column) && column.default === null ? { ...column, notNull: false } : column,
  );
  return { ...table, columns };
}

class SpecMaker {
  readonly #random: Random;
  #lastId = 100;
  #lastName = 0;
  /** By id, of columns that have rows. */
  #kinds: ReadonlyMap<number, Kind> = new Map();

  constructor(random: Random) {
    this.#random = random;
  }

  model(): ModelSpec {
    const tables: TableSpec[] = [];
    const count = 1 + below(this.#random, 3);
    for (let each = 0; each < count; each++) tables.push(this.#table(tables));
    return tables;
  }

  changed(model: ModelSpec): ModelSpec {
    let changed = model;
    this.#kinds = new Map(model.flatMap(({ columns }) => columns.map(({ id, kind }) => [id, kind] as const)));
    const steps = 1 + below(this.#random, 5);
    for (let step = 0; step < steps; step++) changed = this.#step(changed);
    return changed;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #free(names: readonly string[], taken: readonly string[]): string {
    const free = names.filter((name) => !taken.some((other) => other.toLowerCase() === name.toLowerCase()));
    return free.length > 0 ? pick(this.#random, free) : `name${++this.#lastName}`;
  }

  #table(others: readonly TableSpec[]): TableSpec {
    const key = (id: number, name: string, kind: Kind): ColumnSpec => ({ ...PLAIN, id, name, kind, notNull: true });
    const keyLength = this.#chance(0.3) ? 3 : 2;
    const keys = [key(0, 'tenant', 'text'), key(1, 'key', 'text'), key(2, 'sub', 'int32')].slice(0, keyLength);
    const table: TableSpec = {
      id: ++this.#lastId,
      name: this.#free(
        TABLE_NAMES,
        others.map(({ name }) => name),
      ),
      columns: keys,
      keyLength,
      parent: null,
      checks: [],
      indexes: [],
    };
    let filled = table;
    if (others.length > 0 && this.#chance(0.6)) filled = this.#withParent(filled, pick(this.#random, others));
    else if (this.#chance(0.15)) filled = this.#withParent(filled, table);
    const count = 1 + below(this.#random, 4);
    for (let each = 0; each < count; each++) filled = this.#withColumn(filled, false);
    if (this.#chance(0.4)) filled = this.#withCheck(filled);
    if (this.#chance(0.6)) filled = this.#withIndex(filled);
    return filled;
  }

  #withParent(table: TableSpec, parent: TableSpec): TableSpec {
    const notNull = parent.id !== table.id && this.#chance(0.3);
    const added = parent.columns
      .slice(1, parent.keyLength)
      .map(({ kind }): ColumnSpec => ({ ...PLAIN, id: ++this.#lastId, name: `ref${this.#lastId}`, kind, notNull }));
    // To set the shard key NULL would fail; the rows that refer go, or keep the row.
    return {
      ...table,
      columns: [...table.columns, ...added],
      parent: {
        table: parent.id,
        columns: added.map(({ id }) => id),
        onDelete: this.#chance(0.6) ? 'cascade' : 'no action',
      },
    };
  }

  /** @param hasRows Existing rows must get a value. */
  #withColumn(table: TableSpec, hasRows: boolean): TableSpec {
    const name = this.#free(
      COLUMN_NAMES,
      table.columns.map((column) => column.name),
    );
    const id = ++this.#lastId;
    const generated = this.#chance(0.25) ? this.#generated(table) : null;
    if (generated !== null) {
      const kind = generated.as === 'length' ? 'int32' : generated.as === 'upper' ? 'text' : 'int64';
      return { ...table, columns: [...table.columns, { ...PLAIN, id, name, kind, generated }] };
    }
    const column = { ...PLAIN, id, name, ...this.#kind() };
    const value = this.#chance(0.5) ? this.#default(column) : null;
    const notNull = this.#chance(0.4) && (value !== null || !hasRows);
    return { ...table, columns: [...table.columns, { ...column, default: value, notNull }] };
  }

  #kind(): Pick<ColumnSpec, 'kind' | 'values'> {
    const kind = pick(this.#random, KINDS);
    return { kind, values: kind === 'enum' ? ENUM_VALUES.slice(0, 2 + below(this.#random, 3)) : [] };
  }

  #generated(table: TableSpec): GeneratedSpec | null {
    const sources = table.columns.filter(
      ({ id, kind, generated }) =>
        generated === null && id > 2 && (kind === 'text' || kind === 'int32') && !isReference(table, id),
    );
    if (sources.length === 0) return null;
    const { id, kind } = pick(this.#random, sources);
    const as = kind === 'int32' ? 'double' : pick(this.#random, ['length', 'upper'] as const);
    return { as, of: id, mode: pick(this.#random, ['stored', 'virtual']) };
  }

  #default({ kind, values }: Pick<ColumnSpec, 'kind' | 'values'>): DefaultSpec | null {
    const isSql = this.#chance(0.4);
    switch (kind) {
      case 'text':
        return isSql ? { sql: 'word' } : { constant: pick(this.#random, ['none', "it's `q`", '']) };
      case 'enum':
        return { constant: values[0]! };
      case 'iso':
        return { constant: '2024-01-01T00:00:00.000Z' };
      case 'int32':
      case 'seconds':
        if (isSql || kind === 'seconds') return { sql: pick(this.#random, ['moment', 'sum']) };
        return { constant: pick(this.#random, [0, -1, 7]) };
      case 'int64':
        return { sql: pick(this.#random, ['moment', 'sum']) };
      case 'boolean':
        return { constant: this.#chance(0.5) };
      case 'real':
        return { constant: 1.5 };
      case 'decimal':
        return { constant: '2.5' };
      default:
        return null;
    }
  }

  #withCheck(table: TableSpec): TableSpec {
    const columns = table.columns.filter(
      ({ id, kind }) => id > 2 && (kind === 'text' || kind === 'int32' || kind === 'real'),
    );
    if (columns.length === 0) return table;
    const { id, kind } = pick(this.#random, columns);
    const rule = kind === 'text' ? pick(this.#random, ['filled', 'short'] as const) : 'positive';
    const check: CheckSpec = { name: `check${++this.#lastName}`, of: id, rule, isQualified: this.#chance(0.5) };
    return { ...table, checks: [...table.checks, check] };
  }

  #withIndex(table: TableSpec): TableSpec {
    const columns = table.columns.filter(({ id }) => id > 2);
    if (columns.length === 0) return table;
    const form = pick(this.#random, [
      'plain',
      'descending',
      'expression',
      'partial',
      'unique',
      'unique partial',
    ] as const);
    const index: IndexSpec = { name: `index${++this.#lastName}`, of: pick(this.#random, columns).id, form };
    return { ...table, indexes: [...table.indexes, index] };
  }

  #step(model: ModelSpec): ModelSpec {
    const kind = below(this.#random, 12);
    if (kind === 0 && model.length < 4) return [...model, this.#table(model)];
    if (kind === 1 && model.length > 1) return this.#withoutTable(model);
    if (kind === 2) return this.#withTableNames(model);
    const target = pick(this.#random, model);
    return model.map((table) => (table === target ? this.#changedTable(table) : table));
  }

  #withoutTable(model: ModelSpec): ModelSpec {
    const gone = pick(this.#random, model);
    return model
      .filter((table) => table !== gone)
      .map((table) => (table.parent?.table === gone.id ? { ...table, parent: null } : table));
  }

  #withTableNames(model: ModelSpec): ModelSpec {
    if (model.length > 1 && this.#chance(0.3)) {
      const [first, second] = model as [TableSpec, TableSpec];
      return [{ ...first, name: second.name }, { ...second, name: first.name }, ...model.slice(2)];
    }
    const renamed = pick(this.#random, model);
    const name = this.#free(
      TABLE_NAMES,
      model.map((table) => table.name),
    );
    return model.map((table) => (table === renamed ? { ...table, name } : table));
  }

  #changedTable(table: TableSpec): TableSpec {
    const own = table.columns.filter(({ id, generated }) => id > 2 && generated === null && !isReference(table, id));
    const any = pick(this.#random, table.columns);
    const column = own.length > 0 ? pick(this.#random, own) : null;
    const replace = (id: number, changed: Partial<ColumnSpec>): TableSpec => ({
      ...table,
      columns: table.columns.map((each) => (each.id === id ? { ...each, ...changed } : each)),
    });
    switch (below(this.#random, 13)) {
      case 0:
      case 1:
        return replace(any.id, {
          name: this.#free(
            COLUMN_NAMES,
            table.columns.map(({ name }) => name),
          ),
        });
      case 2: {
        const other = pick(this.#random, table.columns);
        const swapped = replace(any.id, { name: other.name });
        return {
          ...swapped,
          columns: swapped.columns.map((each) => (each.id === other.id ? { ...other, name: any.name } : each)),
        };
      }
      case 3:
        return this.#withColumn(table, true);
      case 4:
        return column === null ? table : withoutColumn(table, column.id);
      case 5:
        return column === null ? table : this.#retyped(table, column);
      case 6: {
        const value = column && this.#default(column);
        return column === null
          ? table
          : replace(column.id, { default: value, notNull: column.notNull && value !== null });
      }
      case 7:
        return column === null ? table : replace(column.id, { notNull: !column.notNull });
      case 8: {
        const gone = table.checks[0];
        return gone && this.#chance(0.5) ? { ...table, checks: table.checks.slice(1) } : this.#withCheck(table);
      }
      case 9: {
        const gone = table.indexes[0];
        if (!gone || this.#chance(0.5)) return this.#withIndex(table);
        const renamed = { ...gone, name: `index${++this.#lastName}` };
        return { ...table, indexes: this.#chance(0.5) ? [renamed, ...table.indexes.slice(1)] : table.indexes.slice(1) };
      }
      case 10: {
        const computed = table.columns.find(({ generated }) => generated !== null);
        return computed === undefined ? table : replace(computed.id, { generated: null });
      }
      case 11: {
        const parent = table.parent;
        if (parent === null) return table;
        const onDelete = parent.onDelete === 'cascade' ? 'no action' : 'cascade';
        return { ...table, parent: this.#chance(0.5) ? null : { ...parent, onDelete } };
      }
      default: {
        const enums = own.filter(({ kind }) => kind === 'enum');
        if (enums.length === 0) return table;
        const { id, values, default: value } = pick(this.#random, enums);
        const changed = this.#chance(0.6) ? values.slice(0, -1) : [...values, 'new'];
        if (changed.length === 0 || (changed.includes('new') && values.includes('new'))) return table;
        return replace(id, { values: changed, default: value });
      }
    }
  }

  #retyped(table: TableSpec, column: ColumnSpec): TableSpec {
    const kind = pick(this.#random, targetsOf(this.#kinds.get(column.id) ?? column.kind));
    const retyped = { ...column, kind, values: kind === 'enum' ? ENUM_VALUES.slice(0, 3) : [] };
    const value = this.#chance(0.4) ? this.#default(retyped) : null;
    const bare = withoutColumn(table, column.id);
    const columns = [...bare.columns];
    columns.splice(table.columns.indexOf(column), 0, { ...retyped, default: value, notNull: column.notNull });
    // What names the column was made for values of its kind.
    const indexes = table.indexes.filter(({ of, form }) =>
      of === column.id ? form === 'plain' || form === 'unique' : columns.some(({ id }) => id === of),
    );
    return { ...bare, columns, indexes };
  }
}

const PLAIN = { values: [], notNull: false, default: null, generated: null } as const;

const isReference = (table: TableSpec, id: number): boolean => table.parent?.columns.includes(id) === true;

/** And without all that names it. */
function withoutColumn(table: TableSpec, id: number): TableSpec {
  const computed = table.columns.filter(({ generated }) => generated?.of === id).map((column) => column.id);
  const gone = new Set([id, ...computed]);
  return {
    ...table,
    columns: table.columns.filter((column) => !gone.has(column.id)),
    checks: table.checks.filter(({ of }) => !gone.has(of)),
    indexes: table.indexes.filter(({ of }) => !gone.has(of)),
  };
}

/** What the author would say: all that was renamed, and all that is gone. */
function wordsOf(before: ModelSpec, after: ModelSpec): Pick<SpecChange, 'renames' | 'drops'> {
  const renames: { from: string; to: string }[] = [];
  const drops: string[] = [];
  for (const table of before) {
    const now = after.find(({ id }) => id === table.id);
    if (now === undefined) {
      drops.push(table.name);
      continue;
    }
    if (now.name !== table.name) renames.push({ from: table.name, to: now.name });
    for (const column of table.columns) {
      const later = now.columns.find(({ id }) => id === column.id);
      if (later === undefined) drops.push(`${table.name}.${column.name}`);
      else if (later.name !== column.name) renames.push({ from: `${table.name}.${column.name}`, to: later.name });
    }
  }
  return { renames, drops };
}
