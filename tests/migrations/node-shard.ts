/** The database of a shard in Node, with the migrator that shards have. */
import type { MigrationBundle, Model } from '../../src/model/types.ts';
import { migrationPlan } from '../../src/shards/migration-plan.ts';
import type { MigrationProblem } from '../../src/shards/migration-report.ts';
import { Migrator } from '../../src/shards/server/migrate/migrator.ts';
import { createSystemTables } from '../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';
import { NodeStorage } from '../histories/node-storage.ts';

export type Cell = string | number | bigint | null | Uint8Array;

export class NodeShard {
  readonly #storage = new NodeStorage();

  constructor() {
    createSystemTables(new SqlSession(this.#storage.sql as never));
  }

  /** What the release's migrations would be refused for. */
  async check(model: Model, bundle: MigrationBundle): Promise<readonly MigrationProblem[]> {
    return (await this.#migrator(model, bundle).check(migrationPlan(bundle, model))).problems;
  }

  /** @throws {Error} if they are refused. */
  async migrate(model: Model, bundle: MigrationBundle): Promise<void> {
    const problems = await this.check(model, bundle);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
    const refusal = await this.#migrator(model, bundle).migrate();
    if (refusal !== null) throw refusal;
  }

  run(sql: string, ...values: readonly Cell[]): void {
    this.#storage.sql.exec(sql, ...values);
  }

  rows(sql: string): Cell[][] {
    return [...this.#storage.sql.exec(sql).raw()] as Cell[][];
  }

  #migrator(model: Model, bundle: MigrationBundle): Migrator {
    return new Migrator(this.#storage as never, model, bundle, () => Date.UTC(2026, 0, 1));
  }
}
