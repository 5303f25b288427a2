import type { TypeName } from '../../model/declared-model.ts';
import type { RowMutation } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { RowScope } from '../../plans/access.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { OperationValue, OperationValues } from '../../shards/operation.ts';
import { compileWrite } from '../mutations/compile/compile-write.ts';
import { rowOfDraft } from '../mutations/compile/nested/draft-values.ts';
import type { PlacedDraft } from '../mutations/transaction/common-shard-key.ts';
import type { DataRow, DeleteArguments, TransactedCreate, TransactedUpdate } from './data-types.ts';
import { ColumnReference, WrittenRow } from './written-rows.ts';

/** Finds the table of a type, and checks arguments as those of a mutation. */
interface TransactionTools {
  readonly scope: RowScope;
  readonly table: (type: string) => TableModel;
  readonly checked: (
    kind: RowMutation,
    table: TableModel,
    args: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
}

/**
 * Collects operations: nothing is written before the callback that has been given it ends. Its methods take the arguments of the
 * mutations of the same names; values may be references to columns of rows that it writes.
 */
export class Transaction<in out M extends Model = Model> {
  readonly #tools: TransactionTools;
  readonly #drafts: PlacedDraft[] = [];
  #isOpen = true;

  constructor(tools: TransactionTools) {
    this.#tools = tools;
  }

  create<Type extends TypeName<M>>(type: Type, args: TransactedCreate<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#add('create', type, args);
  }

  update<Type extends TypeName<M>>(type: Type, args: TransactedUpdate<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#add('update', type, args);
  }

  /** The row is as it was before; no column of it can be referred to. */
  delete<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#add('delete', type, args);
  }

  /** Ends it: operations that are added later are refused. Gives them in their order. */
  close(): readonly PlacedDraft[] {
    this.#isOpen = false;
    return this.#drafts;
  }

  #add<Row>(kind: RowMutation, type: string, args: object): WrittenRow<Row> {
    if (!this.#isOpen) {
      throw new ShardQLError(
        'INTERNAL_SERVER_ERROR',
        `Expected tx.${kind} before the callback of context.transaction ends, but got it later. Await what the callback starts.`,
      );
    }
    const table = this.#tools.table(type);
    const { plain, given } = this.#split(table, args as Readonly<Record<string, unknown>>);
    const draft = compileWrite(this.#tools.scope, kind, table, this.#tools.checked(kind, table, plain), given);
    return new WrittenRow(this.#drafts.push({ draft, path: ['operations', this.#drafts.length] }) - 1);
  }

  /** Takes references out of the data, since GraphQL's types do not know them. */
  #split(table: TableModel, args: Readonly<Record<string, unknown>>) {
    const given: Record<string, OperationValue> = {};
    const withoutReferences = (data: unknown): unknown => {
      if (typeof data !== 'object' || data === null) return data;
      const entries = Object.entries(data).filter(([column, value]) => {
        if (!(value instanceof ColumnReference)) return true;
        given[column] = this.#valueOf(table, column, value);
        return false;
      });
      return Object.fromEntries(entries);
    };
    const plain = { ...args };
    for (const name of ['data', 'create', 'update']) {
      if (name in plain) plain[name] = withoutReferences(plain[name]);
    }
    return { plain, given: given as OperationValues };
  }

  #valueOf({ typeName, columnByName }: TableModel, name: string, { row, column }: ColumnReference): OperationValue {
    const source = this.#drafts[row.operation]?.draft.table.columnByName.get(column);
    const wanted = columnByName.get(name);
    if (source && wanted && source.wire === wanted.wire) return rowOfDraft(row.operation, column);
    throw badUserInput(
      `Expected ${typeName}.${name} to refer to a column of the same type of a row of this transaction, but got another.`,
      { table: typeName, field: name },
    );
  }
}
