/** Runs in workerd: a shard with one large table, in two releases, of which the next one fills a column and makes an index. See `../run-migration.ts`. */
import { DurableObject } from 'cloudflare:workers';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';
import { physicalHash } from '../../src/model/physical.ts';
import type { Migration, MigrationBundle, Model } from '../../src/model/types.ts';
import { migrationPlan } from '../../src/shards/migration-plan.ts';
import { dropTriggers, installTriggers } from '../../src/shards/server/log/install-triggers.ts';
import { logTriggers } from '../../src/shards/server/log/log-triggers.ts';
import { Migrator } from '../../src/shards/server/migrate/migrator.ts';
import type { RebuildLimits } from '../../src/shards/server/migrate/rebuild/rebuild-steps.ts';
import { createSystemTables } from '../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';
import type { Question, Way } from './question.ts';

const TENANTS = 200;

const modelOf = (columns: object): Model =>
  defineModel({
    Item: {
      table: sqliteTable(
        'items',
        { tenant: text().notNull(), id: text().notNull(), name: text(), amount: integer(), note: text(), ...columns },
        (t) => [primaryKey({ columns: [t.tenant, t.id] })],
      ),
      shardKey: 'tenant',
    },
  });

const migration = (tag: string, statements: readonly string[]): Migration => ({
  ...{ tag, hash: tag, schemaHash: tag, renames: [], checks: [], reverts: null },
  statements,
});

const before = modelOf({});
const after = modelOf({ label: text() });
const first = migration('0000_first', [
  `CREATE TABLE items (tenant text NOT NULL, id text NOT NULL, name text, amount integer, note text,
   _version integer DEFAULT 0 NOT NULL, PRIMARY KEY (tenant, id))`,
  'CREATE INDEX items_by_amount ON items (tenant, amount)',
]);
const next = migration('0001_next', [
  'ALTER TABLE items ADD COLUMN label text',
  'UPDATE items SET label = upper(name) WHERE label IS NULL',
  'CREATE INDEX items_by_label ON items (tenant, label)',
]);
const bundleOf = (model: Model, ...migrations: readonly Migration[]): MigrationBundle => ({
  ...{ physicalHash: physicalHash(model), migrations },
});
const [oldBundle, newBundle] = [bundleOf(before, first), bundleOf(after, first, next)];
const plan = migrationPlan(newBundle, after);

const LIMITS: Readonly<Record<Way, Partial<RebuildLimits>>> = {
  steps: {},
  indexed: { rowsIndexedAtOnce: 0 },
  'at-once': { rowsAtOnce: 1e9, bytesAtOnce: 1e12, rowsIndexedAtOnce: 1e9 },
};

export class LargeShard extends DurableObject {
  readonly #session: SqlSession;
  readonly #old = new Map<Way, Migrator>();
  readonly #new = new Map<Way, Migrator>();

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env as never);
    this.#session = new SqlSession(state.storage.sql);
    createSystemTables(this.#session);
    for (const way of Object.keys(LIMITS) as Way[]) {
      const make = (model: Model, bundle: MigrationBundle) =>
        new Migrator(state.storage, model, bundle, Date.now, null, () => {}, LIMITS[way]);
      this.#old.set(way, make(before, oldBundle));
      this.#new.set(way, make(after, newBundle));
    }
  }

  override async fetch(request: Request): Promise<Response> {
    return Response.json(await this.#answer((await request.json()) as Question));
  }

  async #answer(question: Question): Promise<unknown> {
    const session = this.#session;
    switch (question.kind) {
      case 'fill': {
        if ((await this.#old.get('steps')!.migrate()) !== null)
          throw new Error('Expected a shard that migrates, but got none.');
        this.ctx.storage.transactionSync(() => {
          // Nothing of it is logged: the log would be as large.
          dropTriggers(session);
          session.run(
            `WITH RECURSIVE numbers (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM numbers WHERE i < ?)
             INSERT INTO items SELECT 't' || (i % ${TENANTS}), printf('%012d', i), 'name ' || i, i % 1000, hex(randomblob(?)), 1 FROM numbers`,
            question.from,
            question.to,
            Math.floor(question.bytes / 2),
          );
          installTriggers(session, logTriggers(before, first.tag));
        });
        return null;
      }
      case 'write':
        session.run(
          'UPDATE items SET amount = amount + 1 WHERE tenant = ? AND id = ?',
          `t${question.row % TENANTS}`,
          String(question.row).padStart(12, '0'),
        );
        await this.ctx.storage.sync();
        return null;
      case 'work':
        return await this.#old.get(question.way)!.work(plan);
      case 'apply':
        return await this.#new.get(question.way)!.apply(plan.id);
      case 'size':
        return this.ctx.storage.sql.databaseSize;
      case 'rows':
        return session.rows(question.sql);
    }
  }
}

export default {
  fetch: (request: Request, { SHARDS }: { SHARDS: DurableObjectNamespace }): Promise<Response> =>
    SHARDS.getByName('large').fetch(request),
};
