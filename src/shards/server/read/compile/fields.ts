import { type ColumnModel, type Model, ROW_VERSION_COLUMN, type TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import { type ColumnKind, type ColumnOwner, columnKind } from '../../../plan/column-kind.ts';
import type { ComputedColumn } from '../../../plan/computed.ts';
import { VERSION_COLUMN } from '../../../plan/node.ts';
import type { Source } from '../../../plan/source.ts';
import { unknownColumn, unknownTable } from '../../other-release.ts';

/** A column of a table. */
export type StoredField = ColumnKind & Pick<ColumnModel, 'name' | 'sqlName'>;

/** A column that is worked out where it is used. */
interface ComputedField extends ColumnKind {
  readonly name: string;
  readonly computed: ComputedColumn;
}

/** What is read in the place of a column: its value exactly as it is stored, as one text; null: nothing. */
interface RawField extends ColumnKind {
  readonly name: string;
  readonly raw: StoredField | null;
}

export type Field = StoredField | ComputedField | RawField;

export const isStored = (field: Field): field is StoredField => 'sqlName' in field;

export const VERSION_FIELD: StoredField = {
  name: VERSION_COLUMN,
  sqlName: ROW_VERSION_COLUMN,
  wire: 'int64',
  notNull: true,
};

export function fieldOf(table: TableModel, name: string): StoredField {
  const field = name === VERSION_COLUMN ? VERSION_FIELD : table.columnByName.get(name);
  if (field) return field;
  throw unknownColumn(table, name);
}

export const fieldsOf = (table: TableModel, names: readonly string[]): StoredField[] =>
  names.map((name) => fieldOf(table, name));

/** The columns of a source of rows, by name: those of its table, and those that are computed there. */
export class SourceFields {
  readonly table: TableModel;
  readonly #model: Model;
  readonly #computed: ReadonlyMap<string, ComputedField>;
  /** Of all sources of a node, which share this. */
  readonly #bySource: Map<Source, SourceFields>;

  /** @throws OtherRelease for tables and columns that the model lacks. */
  constructor(model: Model, source: Source, bySource = new Map<Source, SourceFields>()) {
    this.table = tableOf(model, source.table);
    this.#model = model;
    this.#bySource = bySource;
    bySource.set(source, this);
    this.#computed = new Map(source.computed.map((column) => [column.name, this.#compute(source, column)]));
  }

  /** True for columns that are computed here. */
  computes(name: string): boolean {
    return this.#computed.has(name);
  }

  field(name: string): Field {
    return this.#computed.get(name) ?? fieldOf(this.table, name);
  }

  /** Of related rows, or join rows, anywhere in the node. */
  of(rows: Source): SourceFields {
    const known = this.#bySource.get(rows);
    if (known) return known;
    if (rows.search)
      throw new ShardQLError('BAD_USER_INPUT', 'Expected a search of the rows of a node, but got others.');
    return new SourceFields(this.#model, rows, this.#bySource);
  }

  #compute(owner: ColumnOwner, column: ComputedColumn): ComputedField {
    this.#checkNames(column);
    return { ...columnKind(this.#model, owner, column.name)!, name: column.name, computed: column };
  }

  /** Names are checked with the plan, not with its first statement. */
  #checkNames(column: ComputedColumn): void {
    switch (column.kind) {
      case 'json':
        fieldOf(this.table, column.column);
        break;
      case 'related':
      case 'aggregate':
        if (column.column !== null) this.of(column.related).field(column.column);
        break;
      case 'rank':
      case 'highlights':
        break;
      default:
        column satisfies never;
    }
  }
}

function tableOf(model: Model, type: string): TableModel {
  const table = model.tableByType.get(type);
  if (table) return table;
  throw unknownTable(type);
}
