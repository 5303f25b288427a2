import type { TypeName } from '../../model/declared-model.ts';
import { isBulk, type MutationKind } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { OperationValue, OperationValues } from '../../shards/operation.ts';
import { compileWrite, type GivenValues } from '../mutations/compile/compile-write.ts';
import { rowOfDraft } from '../mutations/compile/nested/draft-values.ts';
import { bulkDraft, type TransactionDraft } from '../mutations/transaction/bulk-draft.ts';
import type { PlacedDraft } from '../mutations/transaction/common-shard-key.ts';
import type {
  CreateManyArguments,
  DataRow,
  DeleteArguments,
  DeleteManyArguments,
  TransactedCreate,
  TransactedUpdate,
  TransactedUpsert,
  UpdateManyArguments,
  UpsertManyArguments,
} from './data-types.ts';
import { ColumnReference, WrittenRow, WrittenRows } from './written-rows.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Finds the table of a type, and checks arguments as those of an operation of the field `transaction`. */
interface TransactionTools {
  readonly scope: RowScope;
  readonly table: (type: string) => TableModel;
  readonly checked: (kind: MutationKind, table: TableModel, args: Arguments) => Arguments;
}

/**
 * Collects operations: nothing is written before the callback that has been given it ends. Its methods take the arguments of the
 * mutations of the same names. Of one row, values may be references to columns of rows that it writes.
 */
export class Transaction<in out M extends Model = Model> {
  readonly #tools: TransactionTools;
  readonly #drafts: PlacedDraft[] = [];
  #isOpen = true;

  constructor(tools: TransactionTools) {
    this.#tools = tools;
  }

  create<Type extends TypeName<M>>(type: Type, args: TransactedCreate<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('create', type, args);
  }

  update<Type extends TypeName<M>>(type: Type, args: TransactedUpdate<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('update', type, args);
  }

  upsert<Type extends TypeName<M>>(type: Type, args: TransactedUpsert<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('upsert', type, args);
  }

  /** The row is as it was before; no column of it can be referred to. */
  delete<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('delete', type, args);
  }

  restore<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('restore', type, args);
  }

  /** The row is as it was before; no column of it can be referred to. */
  purge<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): WrittenRow<DataRow<M, Type>> {
    return this.#row('purge', type, args);
  }

  createMany<Type extends TypeName<M>>(type: Type, args: CreateManyArguments<M, Type>): WrittenRows<DataRow<M, Type>> {
    return this.#rows('createMany', type, args);
  }

  upsertMany<Type extends TypeName<M>>(type: Type, args: UpsertManyArguments<M, Type>): WrittenRows<DataRow<M, Type>> {
    return this.#rows('upsertMany', type, args);
  }

  updateMany<Type extends TypeName<M>>(type: Type, args: UpdateManyArguments<M, Type>): WrittenRows<DataRow<M, Type>> {
    return this.#rows('updateMany', type, args);
  }

  /** The rows are as they were before. */
  deleteMany<Type extends TypeName<M>>(type: Type, args: DeleteManyArguments<M, Type>): WrittenRows<DataRow<M, Type>> {
    return this.#rows('deleteMany', type, args);
  }

  /** Ends it: operations that are added later are refused. Gives them in their order. */
  close(): readonly PlacedDraft[] {
    this.#isOpen = false;
    return this.#drafts;
  }

  #row<Row>(kind: MutationKind, type: string, args: object): WrittenRow<Row> {
    return new WrittenRow(this.#add(kind, type, args as Arguments));
  }

  #rows<Row>(kind: MutationKind, type: string, args: object): WrittenRows<Row> {
    return new WrittenRows(this.#add(kind, type, args as Arguments));
  }

  /** Gives the number of the operation. */
  #add(kind: MutationKind, type: string, args: Arguments): number {
    if (!this.#isOpen) {
      throw new ShardQLError(
        'INTERNAL_SERVER_ERROR',
        `Expected tx.${kind} before the callback of context.transaction ends, but got it later. Await what the callback starts.`,
      );
    }
    const draft = this.#draft(kind, this.#tools.table(type), args);
    return this.#drafts.push({ kind, draft, path: ['operations', this.#drafts.length] }) - 1;
  }

  #draft(kind: MutationKind, table: TableModel, args: Arguments): TransactionDraft {
    const { scope, checked } = this.#tools;
    if (isBulk(kind)) return bulkDraft(scope, kind, table, checked(kind, table, args));
    const { plain, given } = this.#split(table, args);
    return compileWrite(scope, kind, table, checked(kind, table, plain), given);
  }

  /** Takes references out of the data, since GraphQL's types do not know them. */
  #split(table: TableModel, args: Arguments): { readonly plain: Arguments; readonly given: GivenValues } {
    const { data, create, update } = args;
    const own = this.#withoutReferences(table, data ?? create);
    const changed = this.#withoutReferences(table, update);
    const plain = {
      ...args,
      ...(data !== undefined && { data: own.plain }),
      ...(create !== undefined && { create: own.plain }),
      ...(update !== undefined && { update: changed.plain }),
    };
    return { plain, given: { values: own.given, update: changed.given } };
  }

  #withoutReferences(table: TableModel, data: unknown): { readonly plain: unknown; readonly given: OperationValues } {
    if (typeof data !== 'object' || data === null) return { plain: data, given: {} };
    const plain: Record<string, unknown> = {};
    const given: Record<string, OperationValue> = {};
    for (const [column, value] of Object.entries(data)) {
      if (value instanceof ColumnReference) given[column] = this.#valueOf(table, column, value);
      else plain[column] = value;
    }
    return { plain, given };
  }

  #valueOf({ typeName, columnByName }: TableModel, name: string, { row, column }: ColumnReference): OperationValue {
    const source = this.#drafts[row.operation]?.draft.table.columns.find((each) => each.name === column);
    const wanted = columnByName.get(name);
    if (source && wanted && source.wire === wanted.wire) return rowOfDraft(row.operation, column);
    throw badUserInput(
      `Expected ${typeName}.${name} to refer to a column of the same type of a row of this transaction, but got another.`,
      { table: typeName, field: name },
    );
  }
}
