import { inTime, systemTimers } from '../../lib/timers.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { STARTED, SUCCEEDED } from '../../shards/audit.ts';
import type { Fleet } from '../../shards/client/fleet.ts';
import type { FleetMigrations } from '../../shards/client/fleet-migrations.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { MAX_SHARDS_AT_ONCE } from '../../shards/migration-limits.ts';
import type { FleetMigrationReport, MigrationProgress, NamedShardMigration } from '../../shards/migration-report.ts';
import type { ConfirmedAction } from './confirmation/confirmed.ts';

/** How long a preview, or a mutation, waits for shards: fields have ten seconds. In milliseconds. */
const WAIT_MS = 8_000;

/** A shard that has not reported is of no state that is known. */
export interface ShownShardMigration extends Omit<NamedShardMigration, 'state'> {
  readonly state: NamedShardMigration['state'] | 'UNKNOWN';
  /** When it was so, in milliseconds since 1970; null: not known. */
  readonly atMs: number | null;
}

export interface ShownMigrations {
  /** Of this release, in order. */
  readonly tags: readonly string[];
  readonly progress: MigrationProgress | null;
  readonly shards: readonly ShownShardMigration[];
}

interface MigrationContext {
  readonly migrations: FleetMigrations;
  readonly fleet: Fleet;
}

/** `checks`: each shard tries what is pending, and takes it back. Else they are as they have reported. */
export async function showMigrations(
  { migrations, fleet }: MigrationContext,
  checks: boolean,
): Promise<ShownMigrations> {
  const { tags } = migrations;
  const [progress, shards] = await Promise.all([
    migrations.progress(),
    checks ? checked(migrations) : reported(fleet, tags),
  ]);
  return { tags, progress, shards };
}

const checked = async (migrations: FleetMigrations): Promise<ShownShardMigration[]> =>
  shownReport(await checkedInTime(migrations)).shards;

async function reported(fleet: Fleet, tags: readonly string[]): Promise<ShownShardMigration[]> {
  return (await fleet.views('reported')).map(({ shard, figures, atMs }): ShownShardMigration => {
    const last = figures?.migration ?? null;
    const pending = figures === null ? [] : tags.slice(last === null ? 0 : tags.indexOf(last) + 1);
    const state = figures === null ? 'UNKNOWN' : pending.length === 0 ? 'UP_TO_DATE' : 'PENDING';
    return { shard, state, last, pending, skipped: [], problems: [], atMs };
  });
}

export interface ShownMigrationReport {
  readonly shards: ShownShardMigration[];
  readonly applied: number;
}

const shownReport = ({ shards, applied }: FleetMigrationReport): ShownMigrationReport => {
  const atMs = Date.now();
  return { shards: shards.map((shard) => ({ ...shard, atMs })), applied };
};

/**
 * Applies what is pending to all shards. A run goes on by itself: whoever has waited for a while gets null instead of a report.
 *
 * @throws ShardQLError BAD_USER_INPUT
 */
export function migrationRun(
  migrations: FleetMigrations,
  atOnce: number,
): ConfirmedAction<ShownMigrationReport, ShownMigrationReport | null> {
  if (!(Number.isInteger(atOnce) && atOnce >= 1 && atOnce <= MAX_SHARDS_AT_ONCE)) {
    throw badUserInput(`Expected atOnce to be a whole number from 1 to ${MAX_SHARDS_AT_ONCE}, but got ${atOnce}.`);
  }
  return {
    action: 'migrate',
    target: null,
    args: { atOnce },
    preview: async () => shownReport(await checkedInTime(migrations)),
    // A run checks all shards before it changes any: what matters is whether it is the same release that is run.
    stateOf: () => migrations.planId,
    stateNow: async () => migrations.planId,
    async perform() {
      const run = migrations.run(atOnce).then(shownReport);
      return await inTime<ShownMigrationReport | null>(systemTimers, run, WAIT_MS, () => null);
    },
    outcomeOf: (report) => (report === null ? STARTED : SUCCEEDED),
  };
}

const checkedInTime = (migrations: FleetMigrations): Promise<FleetMigrationReport> =>
  inTime(systemTimers, migrations.check(), WAIT_MS, () => {
    throw new ShardQLError(
      'DEADLINE_EXCEEDED',
      'Expected all shards to try the migrations within some seconds, but got tables for which that takes longer. Ask with: npm run shardql -- migrate status',
    );
  });
