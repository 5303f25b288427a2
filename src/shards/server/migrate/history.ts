import type { PlannedMigration } from '../../migration-plan.ts';
import type { RecordedMigration } from '../tables/migrations-table.ts';

/** A migration that is still to be recorded. */
interface PendingStep {
  readonly migration: PlannedMigration;
  /**
   * It is recorded, and not run: it and the one that takes it back do nothing together, or the tables are those already
   * that it leads to.
   */
  readonly isSkipped: boolean;
}

/** What is to be done in a database. */
export interface Pending {
  /** How many of the recorded migrations go on to count, from the first one on. */
  readonly kept: number;
  /** In order; none: nothing is to be done. */
  readonly steps: readonly PendingStep[];
  /** The database has tables of a newer release, which only adds to those of this one. */
  readonly isAhead?: true;
}

/** What a database has recorded does not fit what the release has. */
interface HistoryMismatch {
  /** Tag of the recorded migration that does not fit. */
  readonly tag: string;
  readonly message: string;
}

/**
 * What is still to be done in a database that has recorded these migrations. A recorded migration need not be the one
 * that the release has in its place, if both end in the same tables: a migration that failed in some shards may be edited,
 * or replaced, for those.
 */
export function pendingMigrations(
  planned: readonly PlannedMigration[],
  records: readonly RecordedMigration[],
): Pending | HistoryMismatch {
  const recorded = records.filter(({ isSuperseded }) => !isSuperseded);
  const aligned = recorded.findIndex((migration, index) => !isInPlace(migration, planned, index));
  const pending =
    aligned === -1
      ? { kept: recorded.length, steps: stepsFrom(planned, recorded.length) }
      : pendingElsewhere(planned, recorded, aligned);
  if (pending === null) return mismatch(planned, recorded[aligned]!, planned[aligned]);
  const others = [...records.filter(({ isSuperseded }) => isSuperseded), ...recorded.slice(pending.kept)];
  const again = pending.steps.find(({ migration, isSkipped }) => !isSkipped && wasRun(migration, planned, others));
  return again ? runAgain(again.migration) : pending;
}

/** The same where the lists differ from position `aligned` on. Null: it cannot be told. */
function pendingElsewhere(
  planned: readonly PlannedMigration[],
  recorded: readonly RecordedMigration[],
  aligned: number,
): Pending | null {
  const place = placeOf(recorded.at(-1)!, planned, aligned);
  if (place === null) {
    return isAhead(planned, recorded, aligned) ? { kept: recorded.length, steps: [], isAhead: true } : null;
  }
  const steps = stepsFrom(planned, place);
  // The records may be those of a newer release, which comes again: they stay as long as nothing is done.
  if (steps.length === 0) return { kept: recorded.length, steps };
  // A release that has nothing but what the database has behind it is older: it may run there, but does nothing.
  if (aligned === planned.length) return null;
  // From here on the list is the release's, or else the next look would find the same tables in several places.
  const kept = Math.min(aligned, place);
  const adopted = planned.slice(kept, place).map((migration) => ({ migration, isSkipped: true }));
  return { kept, steps: [...adopted, ...steps] };
}

/** A database has behind it all that is planned, and since then migrations of newer releases that only add to the tables. */
function isAhead(
  planned: readonly PlannedMigration[],
  recorded: readonly RecordedMigration[],
  aligned: number,
): boolean {
  if (aligned < planned.length || planned.length === 0) return false;
  return newerMigrations(planned, recorded).every(({ isAdditive }) => isAdditive);
}

/** Those that have changed the tables since they were the ones that the last planned migration leads to. */
export function newerMigrations(
  planned: readonly Pick<PlannedMigration, 'schemaHash'>[],
  records: readonly RecordedMigration[],
): readonly RecordedMigration[] {
  const recorded = records.filter(({ isSuperseded }) => !isSuperseded);
  const { schemaHash } = planned.at(-1)!;
  const last = recorded.findLastIndex((record) => record.schemaHash === schemaHash);
  return recorded.slice(Math.max(last + 1, planned.length));
}

/** A migration that changes rows alone, and is among those that were run and no longer count. */
const wasRun = (
  migration: PlannedMigration,
  planned: readonly PlannedMigration[],
  others: readonly RecordedMigration[],
): boolean =>
  migration.statements.length > 0 &&
  leavesTables(planned, planned.indexOf(migration)) &&
  others.some(({ tag, hash }) => tag === migration.tag || hash === migration.hash);

function isInPlace(recorded: RecordedMigration, planned: readonly PlannedMigration[], index: number): boolean {
  const migration = planned[index];
  if (!migration) return false;
  if (migration.tag === recorded.tag && migration.hash === recorded.hash) return true;
  if (migration.schemaHash !== recorded.schemaHash) return false;
  if (migration.hash === recorded.hash) return true;
  // Two migrations that change rows alone end in the same tables whatever they do.
  return migration.tag === recorded.tag || !leavesTables(planned, index);
}

const leavesTables = (planned: readonly PlannedMigration[], index: number): boolean =>
  index > 0 && planned[index]!.schemaHash === planned[index - 1]!.schemaHash;

/**
 * How many of the planned migrations a database has behind it whose list of recorded ones is another: those up to the one
 * that ends in its tables. Null if that is none, or not certain, or if a migration that changes rows alone would not be run,
 * or be run again. `aligned`: how many are the same in both lists.
 */
function placeOf(last: RecordedMigration, planned: readonly PlannedMigration[], aligned: number): number | null {
  // What came after the common beginning has led back to its tables.
  if (planned[aligned - 1]?.schemaHash === last.schemaHash) return aligned;
  const places = planned.flatMap(({ schemaHash }, index) => (schemaHash === last.schemaHash ? [index + 1] : []));
  const [first, greatest] = [places[0], places.at(-1)];
  if (first === undefined || greatest === undefined) return null;
  // Places with no work in between are one place.
  const between = stepsFrom(planned.slice(0, greatest), first);
  if (!between.every(({ isSkipped, migration }) => isSkipped || migration.statements.length === 0)) return null;
  const [begin, end] = [Math.min(aligned, first), Math.max(aligned, first)];
  for (let index = begin; index < end; index++) if (leavesTables(planned, index)) return null;
  return first;
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
  { tag }: Pick<RecordedMigration, 'tag'>,
  inPlace: PlannedMigration | undefined,
): HistoryMismatch {
  if (!inPlace) {
    return {
      tag,
      message:
        `Expected tables at most at the release's last migration, ${planned.at(-1)?.tag ?? 'none'}, but got some that the newer ` +
        `${tag} was applied to, which does more than add to them. Deploy the release that has it.`,
    };
  }
  const found = inPlace.tag === tag ? 'one of that name that leads to other tables' : `${inPlace.tag} in its place`;
  return {
    tag,
    message:
      `Expected migration ${tag} as it was applied, or one that leads to the same tables, but got ${found}. ` +
      'Restore its file from version control, and change the tables by a new migration.',
  };
}

const runAgain = ({ tag }: PlannedMigration): HistoryMismatch => ({
  tag,
  message:
    `Expected migration ${tag}, which changes rows alone, to be pending, but got a database that has run it in another place. ` +
    'Put new migrations behind those that were applied, or deploy the release that the database was last used by.',
});
