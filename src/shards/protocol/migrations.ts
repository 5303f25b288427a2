import type { MigrationPlan } from '../migration-plan.ts';

export interface MigrationRequest {
  readonly protocol: number;
  readonly plan: MigrationPlan;
}

export interface FleetMigrationRequest extends MigrationRequest {
  /** Try again also where that failed a moment ago. */
  readonly insists: boolean;
}
