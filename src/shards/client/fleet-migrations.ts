import type { MigrationPlan } from '../migration-plan.ts';
import type { FleetMigrationReport, MigrationProgress } from '../migration-report.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/** A release's migrations over all shards, which the catalog coordinates. No deadline: rows decide how long it takes. */
export class FleetMigrations {
  readonly #env: RouterEnv;
  readonly #plan: MigrationPlan;

  constructor(env: RouterEnv, plan: MigrationPlan) {
    this.#env = env;
    this.#plan = plan;
  }

  /** Equal for releases that want the same. */
  get planId(): string {
    return this.#plan.id;
  }

  /** Of all migrations, in order. */
  get tags(): readonly string[] {
    return this.#plan.migrations.map(({ tag }) => tag);
  }

  /** Tries them in all shards, and takes it back. */
  check(): Promise<FleetMigrationReport> {
    return catalogStub(this.#env).checkMigrations({ protocol: PROTOCOL, plan: this.#plan });
  }

  /** Applies them to all shards, `atOnce` at a time, or to none if one refuses; goes on where an earlier run ended. */
  run(atOnce: number): Promise<FleetMigrationReport> {
    return catalogStub(this.#env).migrate({ protocol: PROTOCOL, plan: this.#plan, insists: true, atOnce });
  }

  /** Null: no run is under way. */
  progress(): Promise<MigrationProgress | null> {
    return catalogStub(this.#env).migrationProgress();
  }
}
