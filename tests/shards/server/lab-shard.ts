import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import type { WriteOperation } from '../../../src/shards/operation.ts';
import { DEVELOPER, type ImportRequest, PROTOCOL, type WriteRequest } from '../../../src/shards/protocol.ts';
import { startClock } from '../../../src/shards/server/clock.ts';
import { Migrator } from '../../../src/shards/server/migrate/migrator.ts';
import { Ownership } from '../../../src/shards/server/ownership.ts';

import { Freshness } from '../../../src/shards/server/publish/freshness.ts';
import { PlanRunner } from '../../../src/shards/server/read/plan-runner.ts';
import { ShardAlarm } from '../../../src/shards/server/shard-alarm.ts';
import type { ShardState } from '../../../src/shards/server/shard-state.ts';
import { SqlSession } from '../../../src/shards/server/sql-session.ts';
import { createSystemTables } from '../../../src/shards/server/tables/system-tables.ts';
import { applyWrite } from '../../../src/shards/server/write/apply-write.ts';
import { importRows } from '../../../src/shards/server/write/import-rows.ts';
import { ImportRuns } from '../../../src/shards/server/write/import-runs.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';

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

  write(shardKey: string, operations: readonly WriteOperation[], changes: Partial<WriteRequest> = {}) {
    const operationId = `${this.#operationPrefix}-${++this.#operations}`;
    const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
    return applyWrite(this.state, { ...envelope, operationId, shardKey, operations, ...changes });
  }

  import(table: string, columns: readonly string[], rows: readonly unknown[], changes: Partial<ImportRequest> = {}) {
    const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
    return importRows(this.state, { ...envelope, table, columns, rows: JSON.stringify(rows), ...changes });
  }

  rows(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue[][] {
    return this.session.rows(sql, ...bindings);
  }

  value(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue | undefined {
    return this.session.row(sql, ...bindings)?.[0];
  }
}

let labs = 0;

/** Runs `test` with a new, migrated shard that owns all slots. */
export async function inNewShard<T>(
  model: Model,
  bundle: MigrationBundle,
  test: (shard: LabShard) => T | Promise<T>,
  wallClock: () => number = Date.now,
): Promise<T> {
  return await runInDurableObject(
    env.LAB.getByName(`lab-${++labs}-${crypto.randomUUID()}`),
    async (_lab, { storage }) => {
      const session = new SqlSession(storage.sql);
      createSystemTables(session);
      const migrator = new Migrator(storage, model, bundle, wallClock);
      const error = await migrator.migrate();
      if (error) throw error;
      const ownership = new Ownership(session);
      ownership.grant(storage, session, 1, [[0, SLOT_COUNT - 1]]);
      const clock = startClock(session, wallClock);
      const alarm = new ShardAlarm({ setAlarm: async () => {} });
      const freshness = new Freshness(session, { model, wallClock, alarm, publishes: true, isNew: true });
      const plans = new PlanRunner(model);
      const imports = new ImportRuns();
      return await test(new LabShard({ model, storage, wallClock, clock, ownership, plans, freshness, imports }));
    },
  );
}
