import type { GraphQLField, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { wholeModel } from '../../model/access/role-model.ts';
import type { TypeName } from '../../model/declared-model.ts';
import { type MutationKind, mutationName, type RowMutation } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { FULL_ACCESS } from '../../plans/access/access-rules.ts';
import { toWire } from '../../plans/arguments/wire-input.ts';
import { type PlanningScope, planOne, planPage } from '../../plans/read-planner.ts';
import { authorsConsistency } from '../../plans/selection/asked-consistency.ts';
import { FieldArguments } from '../../plans/selection/field-arguments.ts';
import { WholeRow } from '../../plans/selection/selected-field.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { matchOn } from '../../shards/plan/node.ts';
import type { Caller } from '../../shards/protocol/envelope.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import type { RequestContext } from '../context.ts';
import { compileWrite } from '../mutations/compile/compile-write.ts';
import { derivingShardKeys } from '../mutations/compile/derived-shard-key.ts';
import { isDryRun } from '../mutations/dry-run.ts';
import { withShownFailures } from '../mutations/shown-failure.ts';
import type { PlacedDraft } from '../mutations/transaction/common-shard-key.ts';
import { runTransaction } from '../mutations/transaction/run-transaction.ts';
import { writeRow } from '../mutations/write-row.ts';
import { readList } from '../resolve-list.ts';
import { readOne } from '../resolve-one.ts';
import { boundOperation, type FieldRun, fieldRun } from '../run/field-run.ts';
import { ReadRun } from '../run/read-run.ts';
import { Row } from '../show/row.ts';
import type {
  AnyKey,
  CreateArguments,
  DataRow,
  DeleteArguments,
  ListArguments,
  OneArguments,
  ReadOptions,
  UpdateArguments,
} from './data-types.ts';
import { fieldArguments, operationAsField } from './field-arguments.ts';
import { ListReference } from './list-reference.ts';
import { toData } from './row-data.ts';
import { Transaction } from './transaction.ts';
import { wholeSchema } from './whole-schema.ts';
import { type Written, withRows } from './written-rows.ts';

/**
 * The context of users' own fields: one per request and place of a field. Its methods take the arguments of the generated fields
 * and work alike: the same plans, bounds and `ShardQLError`s; calls of one tick share one RPC per shard. A `consistency` given
 * to a read holds whatever the client asks; without it, reads in a mutation are STRONG, and others as the client asks.
 * Of one model and no other (`in out`): the compiler then compares models, instead of everything made of them.
 */
export class ExtensionContext<in out M extends Model = Model> {
  readonly caller: Caller;
  readonly requestId: string;
  /**
   * `traceparent` and `tracestate`, for requests that the field sends: who answers them then continues the trace. Empty if the request is
   * part of none.
   */
  readonly traceHeaders: Readonly<Record<string, string>>;
  readonly #field: FieldRun;
  readonly #info: GraphQLResolveInfo;
  readonly #scope: PlanningScope;
  #elevated: ExtensionContext<M> | undefined;

  constructor(context: RequestContext, info: GraphQLResolveInfo, field: FieldRun = fieldRun(context, info)) {
    this.caller = context.caller;
    this.requestId = context.requestId;
    this.traceHeaders = context.tracer?.sharedTraceId === undefined ? NO_HEADERS : context.tracer.headers();
    this.#field = field;
    this.#info = info;
    const { model, access } = field.context;
    this.#scope = { ...field.operation.scope, model, access };
  }

  /**
   * The same with all rights, whatever the caller may do: all tables, columns and rows are there, and may be written. Rows that a
   * field gives are shown as far as the caller may read them, however they were read.
   */
  get elevated(): ExtensionContext<M> {
    const { context } = this.#field;
    const full = { model: wholeModel(context.model), access: FULL_ACCESS };
    this.#elevated ??= new ExtensionContext<M>(context, this.#info, {
      ...this.#field,
      context: { ...context, ...full },
    });
    return this.#elevated;
  }

  /** The row with this key, with all its columns; null if there is none. */
  async load<Type extends TypeName<M>>(
    type: Type,
    { consistency, ...args }: OneArguments<M, Type> & ReadOptions,
  ): Promise<DataRow<M, Type> | null> {
    const table = this.#table(type);
    const checked = fieldArguments(this.#query(table.single), args);
    const scope = this.#scope;
    const { kind } = this.#field.operation;
    const fixed = authorsConsistency(kind, consistency);
    const row = this.#wholeRow(table);
    const options = { fixed, includeDeleted: checked.includeDeleted === true };
    const plan = (match: readonly string[]) => planOne(scope, table, matchOn(match), row, options);
    return dataOf(await readOne(table, checked as never, this.#field, plan));
  }

  /** A page of rows, in order, with all their columns. */
  async list<Type extends TypeName<M>>(
    type: Type,
    { consistency, ...args }: ListArguments<M, Type> & ReadOptions = {},
  ): Promise<readonly DataRow<M, Type>[]> {
    const table = this.#table(type);
    const checked = fieldArguments(this.#query(table.list), args);
    const scope = this.#scope;
    const { kind } = this.#field.operation;
    const fixed = authorsConsistency(kind, consistency);
    const rows = this.#wholeRow(table).asNodes();
    const plan = (match: readonly string[]) =>
      planPage(scope, table, matchOn(match), `Query.${table.list}`, FieldArguments.ofCode(checked), rows, fixed);
    const page = await readList(table, checked, this.#field, plan);
    return page.nodes('nodes').map((row) => dataOf(row) as DataRow<M, Type>);
  }

  /** A list for a field of a connection type to give: it is read as the client's selection asks. */
  connection<Type extends TypeName<M>>(
    type: Type,
    { consistency, ...args }: ListArguments<M, Type> & ReadOptions = {},
  ): ListReference {
    const table = this.#table(type);
    return new ListReference(table, fieldArguments(this.#query(table.list), args), consistency);
  }

  /** Creates a row in a transaction of its own, and gives it as it then is. */
  async create<Type extends TypeName<M>>(type: Type, args: CreateArguments<M, Type>): Promise<DataRow<M, Type>> {
    return dataOf(await this.#write('create', this.#table(type), { ...args })) as DataRow<M, Type>;
  }

  /** Updates a row in a transaction of its own, and gives it as it then is. `NOT_FOUND` if there is none. */
  async update<Type extends TypeName<M>>(type: Type, args: UpdateArguments<M, Type>): Promise<DataRow<M, Type>> {
    return dataOf(await this.#write('update', this.#table(type), { ...args })) as DataRow<M, Type>;
  }

  /** Deletes a row in a transaction of its own, and gives it as it was. `NOT_FOUND` if there is none. */
  async delete<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): Promise<DataRow<M, Type>> {
    return dataOf(await this.#write('delete', this.#table(type), { ...args })) as DataRow<M, Type>;
  }

  /** Takes back the delete of a row, in a transaction of its own, and gives the row. `NOT_FOUND` if no deleted one has the key. */
  async restore<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): Promise<DataRow<M, Type>> {
    return dataOf(await this.#write('restore', this.#table(type), { ...args })) as DataRow<M, Type>;
  }

  /** Takes a deleted row away for good, in a transaction of its own, and gives it as it was. */
  async purge<Type extends TypeName<M>>(type: Type, args: DeleteArguments<M, Type>): Promise<DataRow<M, Type>> {
    return dataOf(await this.#write('purge', this.#table(type), { ...args })) as DataRow<M, Type>;
  }

  /**
   * Writes several rows under one shard key in one transaction, all or nothing, in one call of the shard: the callback adds
   * operations, and nothing is written before it ends. If it throws, nothing is. Gives what it returned, with rows in place of
   * what stood for them, as they are at the end of the transaction.
   */
  async transaction<Result>(
    shardKey: AnyKey,
    work: (tx: Transaction<M>) => Result | Promise<Result>,
  ): Promise<Written<Result>> {
    const scope = this.#scope;
    const keyed = this.#field.keyed?.nextCommit() ?? null;
    const tx = new Transaction<M>({
      scope,
      table: (type) => this.#table(type),
      checked: (kind, table, args) =>
        fieldArguments(operationAsField(this.#schema, this.#mutation(kind, table), kind, table), args),
    });
    const result = await work(tx);
    const [runByTable, runOfPurgedByTable] = [false, true].map((includeDeleted) =>
      memoizeByObject((table: TableModel) => {
        const read = planOne(scope, table, matchOn(table.primaryKey.names), this.#wholeRow(table), {
          includeDeleted,
        });
        return new ReadRun(read, this.#field, STRONG);
      }),
    );
    const parts = tx.close().map((placed) => {
      const { kind, draft } = placed;
      return { ...placed, run: (kind === 'purge' ? runOfPurgedByTable : runByTable)!(draft.table) };
    });
    const written = await withShownFailures(this.#field.context.model, () =>
      runTransaction(parts, this.#field, keyed, commonKey(parts, shardKey)),
    );
    return withRows(result, (index) => {
      const { run } = parts[index]!;
      const { rows, outcomes } = written[index]!;
      return rows.flatMap((cells, at) =>
        cells === null || outcomes[at] === 'IGNORED' ? [] : [dataOf(new Row(run.plan.view, cells, run))],
      );
    }) as Written<Result>;
  }

  /** All columns, as fresh as the client asks of the field, or around it. */
  #wholeRow(table: TableModel): WholeRow {
    return new WholeRow(table, this.#field.operation.selectionAt(this.#info.path).asked);
  }

  async #write(kind: RowMutation, table: TableModel, args: Readonly<Record<string, unknown>>): Promise<Row | null> {
    const scope = this.#scope;
    const checked = fieldArguments(this.#mutation(kind, table), args);
    const dryRun = isDryRun(checked, this.#field.context);
    const keyed = dryRun ? null : (this.#field.keyed?.nextCommit() ?? null);
    const compile = () => compileWrite(scope, kind, table, checked);
    const draft = keyed ? derivingShardKeys(await keyed.id, compile) : compile();
    const match = matchOn(table.primaryKey.names);
    const options = { includeDeleted: kind === 'purge' };
    const read = () => planOne(scope, table, match, this.#wholeRow(table), options);
    const { model } = this.#field.context;
    return withShownFailures(model, () => writeRow(draft, { field: this.#field, keyed, read, dryRun }));
  }

  #table(type: string): TableModel {
    const { model } = this.#field.context;
    const table = model.tableByType.get(type);
    if (table) return table;
    if (wholeModel(model).tableByType.has(type)) throw noAccess(type);
    throw new Error(`Expected a type of the model, but got ${JSON.stringify(type)}.`);
  }

  /** That of the model which the context works with. */
  get #schema(): GraphQLSchema {
    const { schema } = this.#info;
    return this.#field.context.access === FULL_ACCESS ? wholeSchema(schema) : schema;
  }

  #query(name: string): GraphQLField<unknown, unknown> {
    return this.#schema.getQueryType()!.getFields()[name]!;
  }

  /** Queries may be sent by GET, and by a browser on behalf of another site: they must not change anything. */
  #mutation(kind: MutationKind, table: TableModel): GraphQLField<unknown, unknown> {
    const { operation } = this.#info.operation;
    if (operation !== 'mutation') {
      throw new ShardQLError(
        'INTERNAL_SERVER_ERROR',
        `Expected context.${kind} to be called in a mutation, but got a ${operation}. Make the field a mutation.`,
      );
    }
    const field = this.#schema.getMutationType()?.getFields()[mutationName(kind, table)];
    if (field) return field;
    if (table.rules !== null) throw mayNot(kind, table);
    throw new Error(
      kind === 'update' || kind === 'updateMany'
        ? `Expected a type whose rows can be changed, but got ${table.typeName}, which has keys only.`
        : `Expected a type whose deleted rows are kept, but got ${table.typeName}, which has no softDelete in the model.`,
    );
  }
}

const noAccess = (type: string): ShardQLError =>
  new ShardQLError(
    'FORBIDDEN',
    `Expected a type that the caller may read, but got ${type}. Use context.elevated for what goes beyond the caller's rights.`,
  );

const mayNot = (kind: MutationKind, { typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'FORBIDDEN',
    `Expected a write that the caller may make, but got ${kind} of ${typeName}. Use context.elevated for what goes beyond the caller's rights.`,
    { table: typeName },
  );

/** Undefined: there is nothing that could be written under it. */
function commonKey([first]: readonly PlacedDraft[], shardKey: AnyKey): ShardKey | undefined {
  if (first === undefined) return undefined;
  const { table } = first.draft;
  return toShardKey(table.shardKey, toWire(table, table.shardKey, shardKey));
}

// biome-ignore lint/suspicious/noExplicitAny: the caller knows the type of the row.
const dataOf = (row: Row | null): any => row && toData(row);

/** The same for all rows of a level, so that users' code may keep loaders by it. */
export const extensionContext = (context: RequestContext, info: GraphQLResolveInfo): ExtensionContext =>
  boundOperation(context, info).keptAt(info.path, 'context of code', () => new ExtensionContext(context, info));

const NO_HEADERS: Readonly<Record<string, string>> = {};
