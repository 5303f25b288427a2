import type { Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { type ColumnOwner, columnKind } from '../../plan/column-kind.ts';
import type { ComputedColumn } from '../../plan/computed.ts';
import type { RelatedRows } from '../../plan/source.ts';
import { computedSql } from './computed-sql.ts';
import { type ComputedField, type Field, fieldOf } from './wire-sql.ts';

/** The columns of one place of a plan, by name: those of its table, and those that are computed there. */
export class TableFields {
  readonly table: TableModel;
  readonly #model: Model;
  readonly #computed: ReadonlyMap<string, ComputedField>;
  readonly #related = new Map<RelatedRows, TableFields>();

  /** @throws ShardQLError BAD_USER_INPUT for tables and columns that the model lacks. */
  constructor(model: Model, owner: ColumnOwner) {
    this.table = tableOf(model, owner.table);
    this.#model = model;
    this.#computed = new Map(owner.computed.map((column) => [column.name, this.#compute(owner, column)]));
  }

  /** True for columns that are computed here. */
  computes(name: string): boolean {
    return this.#computed.has(name);
  }

  field(name: string): Field {
    return this.#computed.get(name) ?? fieldOf(this.table, name);
  }

  /** Of rows that belong to a row of this table. */
  related(rows: RelatedRows): TableFields {
    let related = this.#related.get(rows);
    if (!related) {
      related = new TableFields(this.#model, rows);
      this.#related.set(rows, related);
    }
    return related;
  }

  /** The table of this type. */
  joined(type: string): TableModel {
    return tableOf(this.#model, type);
  }

  #compute(owner: ColumnOwner, column: ComputedColumn): ComputedField {
    // Names are checked with the plan, not with its first statement.
    if (column.kind === 'json') fieldOf(this.table, column.column);
    else if ('column' in column && column.column !== null) this.related(column.related).field(column.column);
    return { ...columnKind(this.#model, owner, column.name)!, name: column.name, sql: computedSql(column) };
  }
}

export function tableOf(model: Model, type: string): TableModel {
  const table = model.tableByType.get(type);
  if (table) return table;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a table of the model, but got ${JSON.stringify(type)}.`);
}
