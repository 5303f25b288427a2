/** Runs in workerd: see `workerd-lab.ts`. */
import { DurableObject } from 'cloudflare:workers';
import type { MigrationBundle } from '../../src/model/types.ts';
import { migrationPlan } from '../../src/shards/migration-plan.ts';
import { Migrator } from '../../src/shards/server/migrate/migrator.ts';
import { createSystemTables } from '../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';
import { cellsFromJson, cellsToJson } from './cell-json.ts';
import { type ModelSpec, modelOfSpec } from './model-spec.ts';

type Cell = string | number | bigint | null | Uint8Array;

type Question =
  | { readonly migrate: { readonly model: ModelSpec; readonly bundle: MigrationBundle } }
  | { readonly run: readonly (readonly [sql: string, values: readonly Cell[]])[] }
  | { readonly rows: string };

export class LabShard extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    try {
      return new Response(cellsToJson(await this.#answer(cellsFromJson(await request.text()) as Question)));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }

  async #answer(question: Question): Promise<unknown> {
    if ('migrate' in question) return this.#migrate(question.migrate.model, question.migrate.bundle);
    if ('run' in question) return question.run.map(([sql, values]) => this.#run(sql, values));
    return [...this.ctx.storage.sql.exec(question.rows).raw()];
  }

  async #migrate(spec: ModelSpec, bundle: MigrationBundle): Promise<readonly string[]> {
    createSystemTables(new SqlSession(this.ctx.storage.sql));
    const model = modelOfSpec(spec);
    const migrator = new Migrator(this.ctx.storage, model, bundle, () => Date.UTC(2026, 0, 1));
    const { problems } = await migrator.check(migrationPlan(bundle, model));
    if (problems.length > 0) return problems.map(({ message }) => message);
    const refusal = await migrator.migrate();
    if (refusal !== null) throw refusal;
    return [];
  }

  /** Integers that JavaScript may round are cast from their text. */
  #run(sql: string, values: readonly Cell[]): boolean {
    const isInteger = values.map((value) => typeof value === 'bigint');
    let at = 0;
    const text = sql.replaceAll('?', () => (isInteger[at++] ? 'CAST(? AS INTEGER)' : '?'));
    const bound = values.map((value) => (typeof value === 'bigint' ? String(value) : value));
    try {
      this.ctx.storage.sql.exec(text, ...bound).toArray();
      return true;
    } catch {
      return false;
    }
  }
}

export default {
  async fetch(request: Request, { SHARDS }: { SHARDS: DurableObjectNamespace }): Promise<Response> {
    if (request.method === 'GET') return new Response();
    return SHARDS.getByName(new URL(request.url).pathname).fetch(request);
  },
};
