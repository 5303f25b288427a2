import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { OperationValue, OperationValues } from '../../../shards/operation.ts';
import { withInputPath } from '../compile/input-path.ts';
import { rowOfDraft } from '../compile/nested/draft-values.ts';

/** By column: the earlier row whose value it takes. */
export type RefsInput = Readonly<Record<string, { readonly from: string; readonly field: string } | null>>;

/** The operations of a transaction that have names, whose rows later ones may refer to. */
export class NamedRows {
  readonly #names: readonly (string | null)[];
  readonly #tables: (TableModel | undefined)[] = [];

  /** @param names of the operations, in their order; null: it has none. */
  constructor(names: readonly (string | null)[]) {
    this.#names = names;
    for (const [index, name] of names.entries()) {
      const first = name === null ? index : names.indexOf(name);
      if (first === index) continue;
      throw withInputPath(
        badUserInput(`Expected names that differ, but got "${name}" for operation ${first} and operation ${index}.`),
        ['operations', index],
      );
    }
  }

  /** The operation at an index is known now. */
  add(index: number, table: TableModel): void {
    this.#tables[index] = table;
  }

  /**
   * The values that `refs` of an operation give its columns.
   *
   * @throws ShardQLError BAD_USER_INPUT
   */
  given(index: number, table: TableModel, refs: RefsInput | null | undefined): OperationValues {
    const values: Record<string, OperationValue> = {};
    for (const [name, ref] of Object.entries(refs ?? {})) {
      const column = table.columnByName.get(name)!;
      try {
        values[name] = this.#value(index, table, column, ref);
      } catch (error) {
        throw withInputPath(error, ['refs', name]);
      }
    }
    return values;
  }

  #value(index: number, table: TableModel, column: ColumnModel, ref: RefsInput[string]): OperationValue {
    const wanted = `${table.typeName}.${column.name}`;
    if (!ref) throw badUserInput(`Expected a reference for ${wanted}, but got null. Leave it out to give none.`);
    const source = this.#names.indexOf(ref.from);
    if (source < 0 || source >= index) {
      const got = source < 0 ? 'a name that none has' : 'that of this one or a later one';
      throw badUserInput(
        `Expected "from" to be the name ("as") of an earlier operation, but got "${ref.from}": ${got}.`,
      );
    }
    const sourceTable = this.#tables[source]!;
    // Columns that the caller may write and not read are known by name, too: copied, they could be read.
    const field = sourceTable.columns.find(({ name }) => name === ref.field);
    if (field === undefined) {
      throw badUserInput(`Expected "field" to be a column of ${sourceTable.typeName}, but got "${ref.field}".`);
    }
    if (field.wire !== column.wire) {
      throw badUserInput(
        `Expected a column that ${wanted} can hold, but got ${sourceTable.typeName}.${field.name}, which has another type.`,
      );
    }
    return rowOfDraft(source, field.name);
  }
}
