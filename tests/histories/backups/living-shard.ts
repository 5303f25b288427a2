/** A shard over Node's SQLite, with the paths of backups and a life of its own between two pages. */
import type { SQLInputValue } from 'node:sqlite';
import type { ApiClient } from '../../../scripts/cli/api-client.ts';
import { backupChanges, backupRows, startBackup } from '../../../src/http/backup/backup-endpoint.ts';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import { PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import { answerBackup } from '../../../src/shards/server/backup/answer-backup.ts';
import type { PageLimits } from '../../../src/shards/server/backup/page-limits.ts';
import { startClock } from '../../../src/shards/server/clock.ts';
import { Migrator } from '../../../src/shards/server/migrate/migrator.ts';
import { Fences } from '../../../src/shards/server/recovery/fences.ts';
import type { ShardState } from '../../../src/shards/server/shard-state.ts';
import { writeClock } from '../../../src/shards/server/tables/clock-table.ts';
import { createSystemTables } from '../../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { type Version, versionAt } from '../../../src/shards/version.ts';
import { capacityOf } from '../../support/capacity.ts';
import { NodeStorage } from '../node-storage.ts';

interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** Rows as text, by table. */
export type Rows = Readonly<Record<string, readonly string[]>>;

export class LivingShard {
  /** Called before each page is read. */
  meanwhile: () => void = () => {};
  readonly #state: ShardState;
  readonly #session: SqlSession;
  readonly #limits: PageLimits;
  readonly #states: { readonly version: Version; readonly rows: Rows }[] = [];

  private constructor(state: ShardState, session: SqlSession, limits: PageLimits) {
    this.#state = state;
    this.#session = session;
    this.#limits = limits;
  }

  static async open(model: Model, bundle: MigrationBundle, limits: PageLimits): Promise<LivingShard> {
    const storage = new NodeStorage() as unknown as DurableObjectStorage;
    const session = new SqlSession(storage.sql);
    createSystemTables(session);
    const refusal = await new Migrator(storage, model, bundle, Date.now).migrate();
    if (refusal) throw refusal;
    const state = {
      ...{ model, migrations: bundle.migrations, storage, wallClock: Date.now, ownership: { hidesRows: false } },
      ...{ clock: startClock(session, Date.now), fences: new Fences(session), capacity: capacityOf(storage.sql) },
    };
    return new LivingShard(state as unknown as ShardState, session, limits);
  }

  /** Those that violate something change nothing. */
  commit(statements: readonly Statement[]): void {
    const version = this.#state.clock.next();
    this.#state.storage.transactionSync(() => {
      writeClock(this.#session, version, 'test');
      for (const { sql, values } of statements) this.#try(sql, values);
    });
    this.#state.clock.committed(version);
    this.#states.push({ version, rows: this.#read() });
  }

  /** All rows as of a version, by its own commits. */
  at(version: Version): Rows | undefined {
    return this.#states.findLast((state) => state.version <= version)?.rows;
  }

  /** What a backup's client asks. */
  get api(): Pick<ApiClient, 'json' | 'request' | 'bytes'> {
    const asked = async (path: string, { query }: { query?: Readonly<Record<string, string>> } = {}) => {
      this.meanwhile();
      const url = new URL(`http://api${path}?${new URLSearchParams(query)}`);
      return path === '/backup/rows' ? backupRows(url, this.#client) : backupChanges(url, this.#client);
    };
    return {
      json: async <T>() =>
        (await (await startBackup(new URL('http://api'), this.#state.model, this.#client)).json()) as T,
      request: asked,
      bytes: async (path, request) => {
        const response = await asked(path, request);
        return { headers: response.headers, bytes: await response.arrayBuffer() };
      },
    };
  }

  get #client(): ShardClient {
    const answer = (request: Parameters<typeof answerBackup>[2]) =>
      answerBackup(this.#state, this.#session, request, this.#limits);
    return {
      startBackup: async () => {
        const version = versionAt(Date.now());
        const begun = answer({ protocol: PROTOCOL, part: 'start', version });
        if (!('start' in begun)) throw new Error('Expected a backup to begin.');
        const shard = { name: 'shard-0', ranges: [], shardKeys: null, survey: null, ...begun.start };
        return { version, epoch: 1, shards: [shard] };
      },
      backupPage: async (_, request) => {
        const page = answer({ protocol: PROTOCOL, ...request });
        if (!('page' in page)) throw new Error('Expected a page of a backup.');
        return page.page;
      },
    } as Partial<ShardClient> as ShardClient;
  }

  #try(sql: string, values: readonly SQLInputValue[]): void {
    try {
      this.#session.run(sql, ...(values as never[]));
    } catch (error) {
      if (!/constraint failed/.test(String(error))) throw error;
    }
  }

  #read(): Rows {
    return readRows(this.#state.model, (sql) => this.#session.rows(sql) as unknown[][]);
  }
}

/** Values with their storage classes, in all columns that are stored. */
export function readRows(model: Model, query: (sql: string) => unknown[][]): Rows {
  const tables = model.tables.map(({ sqlName, columns }) => {
    const cells = columns
      .filter(({ generated }) => !generated)
      .map((column) => `typeof("${column.sqlName}") || hex("${column.sqlName}")`);
    const rows = query(`SELECT concat_ws(',', _version, ${cells.join()}) FROM "${sqlName}"`);
    return [sqlName, rows.map(([text]) => text as string).sort()] as const;
  });
  return Object.fromEntries(tables);
}
