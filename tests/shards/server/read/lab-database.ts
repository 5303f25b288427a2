import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { MigrationBundle, Model, WireKind, WireValue } from '../../../../src/model/types.ts';
import type { Answer } from '../../../../src/shards/plan/answer.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { ReadCall } from '../../../../src/shards/plan/read.ts';
import { PlanRunner, type RunOptions } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { CREATE_KEYS_TABLE } from '../../../../src/shards/server/tables/keys-table.ts';
import {
  CREATE_EPOCH_TABLE,
  CREATE_SLOTS_TABLE,
  writeGrant,
} from '../../../../src/shards/server/tables/slots-table.ts';
import { type ShardKey, toShardKey } from '../../../../src/shards/shard-key.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { type NodeDraft, nodeOf } from '../../../support/plans.ts';

/** Rows by GraphQL field name; what is left out gets its SQL default. */
export type WireRow = Readonly<Record<string, WireValue>>;

/** A node with everything left out that most tests do not care about. */
export const plan = (node: NodeDraft & Pick<PlanNode, 'columns'>): PlanNode => nodeOf(node);

/** A call whose shard keys are written as texts. */
export type LabCall = Partial<Omit<ReadCall, 'shardKeys'>> & { readonly shardKeys?: readonly string[] | null };

/** A database of a model in a bare Durable Object, filled without the product's write path. */
export class LabDatabase {
  readonly model: Model;
  readonly sql: SqlStorage;
  readonly runner: PlanRunner;

  constructor(model: Model, bundle: MigrationBundle, sql: SqlStorage) {
    this.model = model;
    this.sql = sql;
    this.runner = new PlanRunner(model);
    // Rows of tests stand alone.
    sql.exec('PRAGMA foreign_keys = 0');
    for (const { statements } of bundle.migrations) for (const statement of statements) sql.exec(statement);
    for (const statement of [CREATE_KEYS_TABLE, CREATE_SLOTS_TABLE, CREATE_EPOCH_TABLE]) sql.exec(statement);
  }

  insert(type: string, rows: readonly WireRow[]): void {
    const table = this.model.table(type);
    for (const row of rows) {
      const columns = table.columns.filter(({ name, generated }) => name in row && !generated);
      const names = columns.map(({ sqlName }) => `"${sqlName}"`).join();
      const values = columns.map(({ wire }) => storedSql(wire)).join();
      const bindings = columns.map(({ name }) => row[name]!);
      this.sql.exec(`INSERT INTO "${table.sqlName}" (${names}) VALUES (${values})`, ...bindings);
      const key = toShardKey(table.shardKey, row[table.shardKey.name] as string);
      this.sql.exec('INSERT OR IGNORE INTO _keys VALUES (?, ?)', key, slotOf(key));
    }
  }

  own(keys: readonly string[]): void {
    const slots = keys.map((key) => slotOf(key as ShardKey));
    writeGrant(
      new SqlSession(this.sql),
      1,
      slots.map((slot) => [slot, slot]),
      [],
    );
  }

  call(node: PlanNode, call: LabCall): ReadCall {
    return {
      plan: JSON.stringify(node),
      values: [],
      keys: [[]],
      ...call,
      shardKeys: (call.shardKeys ?? null) as ReadCall['shardKeys'],
    };
  }

  run(node: PlanNode, call: LabCall = {}, options: RunOptions = { visibleOnly: false }): Answer[] {
    return this.runner.run(new SqlSession(this.sql), this.call(node, call), options);
  }

  /** Answers with how many statements they took. */
  count(node: PlanNode, call: LabCall = {}): { answers: Answer[]; statements: number; rowsRead: number } {
    const session = new SqlSession(this.sql);
    const answers = this.runner.run(session, this.call(node, call), { visibleOnly: false });
    return { answers, ...session.counts };
  }

  explain(node: PlanNode, call: LabCall = {}, options: RunOptions = { visibleOnly: false }) {
    return this.runner.explain(new SqlSession(this.sql), this.call(node, call), options);
  }
}

function storedSql(wire: WireKind): string {
  switch (wire) {
    case 'int64':
      return 'CAST(? AS INTEGER)';
    case 'decimal':
      return 'CAST(? AS NUMERIC)';
    case 'blob':
      return 'unhex(?)';
    case 'bigintBlob':
    case 'jsonBlob':
      return 'CAST(? AS BLOB)';
    default:
      return '?';
  }
}

/** Runs `test` with a new database. */
export const inDatabase = <T>(
  model: Model,
  bundle: MigrationBundle,
  test: (database: LabDatabase) => T | Promise<T>,
): Promise<T> =>
  runInDurableObject(env.LAB.getByName(crypto.randomUUID()), (_lab, { storage }) =>
    test(new LabDatabase(model, bundle, storage.sql)),
  );
