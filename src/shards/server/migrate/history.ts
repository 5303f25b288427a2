import type { PlannedMigration } from '../../migration-plan.ts';
import type { RecordedMigration } from '../tables/migrations-table.ts';

/** A migration that is still to be recorded. */
export interface PendingStep {
  readonly migration: PlannedMigration;
  /** It and the one that takes it back do nothing together: both are recorded, and neither is run. */
  readonly isSkipped: boolean;
}

/** What a database has recorded does not fit what the release has. */
export interface HistoryMismatch {
  /** Tag of the recorded migration that does not fit. */
  readonly tag: string;
  readonly message: string;
}

/**
 * What is still to be done in a database that has recorded these migrations. A recorded migration need not be the one
 * that the release has in its place, if both end in the same tables: a migration that failed in some shards may be edited,
 * or replaced, for those.
 */
export function pendingSteps(
  planned: readonly PlannedMigration[],
  recorded: readonly RecordedMigration[],
): readonly PendingStep[] | HistoryMismatch {
  const aligned = recorded.findIndex((migration, index) => !isInPlace(migration, planned, index));
  if (aligned === -1) return stepsFrom(planned, recorded.length);
  const place = placeOf(recorded.at(-1)!, planned, aligned);
  return place === null ? mismatch(planned, recorded, aligned) : stepsFrom(planned, place);
}

function isInPlace(recorded: RecordedMigration, planned: readonly PlannedMigration[], index: number): boolean {
  const migration = planned[index];
  if (!migration) return false;
  if (migration.tag === recorded.tag && migration.hash === recorded.hash) return true;
  if (migration.schemaHash !== recorded.schemaHash) return false;
  // Two migrations that change rows alone end in the same tables whatever they do.
  return migration.tag === recorded.tag || !leavesTables(planned, index);
}

const leavesTables = (planned: readonly PlannedMigration[], index: number): boolean =>
  index > 0 && planned[index]!.schemaHash === planned[index - 1]!.schemaHash;

/**
 * How many of the planned migrations a database has behind it whose list of recorded ones is another: those up to the one
 * that ends in its tables. Null if that is none, or not certain, or if rows would be left as they were that a migration on
 * the way changes. `aligned`: how many are the same in both lists.
 */
function placeOf(last: RecordedMigration, planned: readonly PlannedMigration[], aligned: number): number | null {
  const places = planned.flatMap(({ schemaHash }, index) => (schemaHash === last.schemaHash ? [index + 1] : []));
  const [first, greatest] = [places[0], places.at(-1)];
  if (first === undefined || greatest === undefined) return null;
  // Places with nothing to do in between are one place.
  const between = stepsFrom(planned.slice(0, greatest), first);
  if (!between.every(({ isSkipped }) => isSkipped)) return null;
  for (let index = aligned; index < first; index++) if (leavesTables(planned, index)) return null;
  return greatest;
}

function stepsFrom(planned: readonly PlannedMigration[], place: number): readonly PendingStep[] {
  const steps: { migration: PlannedMigration; isSkipped: boolean }[] = [];
  for (const migration of planned.slice(place)) {
    const before = steps.findLast(({ isSkipped }) => !isSkipped);
    const isUndone = before !== undefined && migration.reverts === before.migration.tag;
    if (isUndone) before.isSkipped = true;
    steps.push({ migration, isSkipped: isUndone });
  }
  return steps;
}

function mismatch(
  planned: readonly PlannedMigration[],
  recorded: readonly RecordedMigration[],
  aligned: number,
): HistoryMismatch {
  const { tag } = recorded[aligned]!;
  const expected = planned[aligned];
  if (!expected) {
    return {
      tag,
      message:
        `Expected tables at most at the release's last migration, ${planned.at(-1)?.tag ?? 'none'}, but got some that the newer ` +
        `${tag} was applied to. Deploy the release that has it.`,
    };
  }
  const found = expected.tag === tag ? 'one of that name that leads to other tables' : `${expected.tag} in its place`;
  return {
    tag,
    message:
      `Expected migration ${tag} as it was applied, or one that leads to the same tables, but got ${found}. ` +
      'Restore its file from version control, and change the tables by a new migration.',
  };
}
