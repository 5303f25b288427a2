import type { ImportedRows, WriteOperation } from '../../../src/shards/operation.ts';
import { DEVELOPER, PROTOCOL, type WorkCounts } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { WriteRequest } from '../../../src/shards/protocol/write.ts';
import { commit } from '../../../src/shards/server/commit/commit.ts';
import type { ShardState } from '../../../src/shards/server/shard-state.ts';
import { type ShardKey, toShardKey } from '../../../src/shards/shard-key.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';

/** A shard inside a bare Durable Object, with its parts in the test's hand. */
export class LabShard {
  readonly state: ShardState;
  readonly sql: SqlStorage;
  readonly session: SqlSession;
  readonly #operationPrefix: string;
  #operations = 0;

  constructor(state: ShardState, operationPrefix = 'op') {
    this.#operationPrefix = operationPrefix;
    this.state = state;
    this.sql = state.storage.sql;
    this.session = new SqlSession(this.sql);
  }

  write(key: string, operations: readonly WriteOperation[], changes: Partial<WriteRequest> = {}) {
    const operationId = `${this.#operationPrefix}-${++this.#operations}`;
    const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
    const request = {
      ...envelope,
      rememberedByLog: true,
      operationId,
      shardKeys: [key as ShardKey],
      operations,
      ...changes,
    };
    const session = new SqlSession(this.state.storage.sql);
    const answer = commit(this.state, session, request);
    // As the shard does with all answers.
    return { ...answer, epoch: this.state.ownership.epoch, counts: session.counts } as typeof answer & AnswerHead;
  }

  /** One commit of an import, under all shard keys that its rows have, and what it did to them. */
  import(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    { importId = null, ...changes }: Partial<WriteRequest> & { readonly importId?: string | null } = {},
  ) {
    const { shardKey } = this.state.model.tableByType.get(table)!;
    const values = rows.map((row) => row[columns.indexOf(shardKey.name)]).filter((value) => value != null);
    const shardKeys = [...new Set(values.map((value) => toShardKey(shardKey, value as string)))];
    const operation = { kind: 'import' as const, table, columns, rows: JSON.stringify(rows), importId };
    const answer = this.write('', [operation], { shardKeys, ...changes });
    if (answer.status !== 'OK') return answer;
    const [imported] = fromJsonText(answer.results) as readonly [ImportedRows];
    return { ...answer, ...imported };
  }

  rows(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue[][] {
    return this.session.rows(sql, ...bindings);
  }

  value(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue | undefined {
    return this.session.row(sql, ...bindings)?.[0];
  }
}

/** What a shard adds to each answer. */
interface AnswerHead {
  readonly epoch: number;
  readonly counts: WorkCounts;
}
