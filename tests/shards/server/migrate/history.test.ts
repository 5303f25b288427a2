import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedMigration } from '../../../../src/shards/migration-plan.ts';
import { pendingMigrations } from '../../../../src/shards/server/migrate/history.ts';
import type { RecordedMigration } from '../../../../src/shards/server/tables/migrations-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';

/**
 * `tag:schema` with the statements' hash behind it where it is not the tag: `1:B:edited`; if that is `none`, it has no
 * statements. `-tag` behind that: takes it back. `+` at the end: only adds to the tables.
 */
function migrationsOf(text: string) {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [, tag, schemaHash, hash, reverts = null, isAdditive] = /^(\w+):(\w+)(?::(\w+))?(?:-(\w+))?(\+)?$/.exec(
        word,
      )!;
      return {
        tag: tag!,
        schemaHash: schemaHash!,
        hash: hash ?? tag!,
        reverts,
        statements: hash === 'none' ? [] : ['some'],
        checks: [],
        isSuperseded: false,
        isAdditive: isAdditive === '+',
      };
    });
}

/** Tags of what is to be done, in brackets what is skipped; or `refused TAG`. */
function pending(planned: string, recorded: string): string {
  const found = pendingMigrations(migrationsOf(planned), migrationsOf(recorded));
  if ('message' in found) return `refused ${found.tag}`;
  return found.steps.map(({ migration, isSkipped }) => (isSkipped ? `[${migration.tag}]` : migration.tag)).join(' ');
}

describe('what is pending', () => {
  it.each([
    ['everything, in a new database', '0:A 1:B', '', '0 1'],
    ['what is behind the recorded ones', '0:A 1:B 2:C', '0:A', '1 2'],
    ['nothing, where all are recorded', '0:A 1:B', '0:A 1:B', ''],
    ['nothing of a migration that was edited, where it is recorded', '0:A 1:B:edited', '0:A 1:B', ''],
    ['the edited migration, where it is not', '0:A 1:B:edited', '0:A', '1'],
    ['nothing of one that replaces a recorded one and ends in its tables', '0:A one:B', '0:A 1:B', ''],
    [
      'what is behind two that replace a recorded one, which are adopted',
      '0:A 1a:X 1b:B 2:C',
      '0:A 1:B',
      '[1a] [1b] 2',
    ],
    ['what is behind one that replaces two recorded ones', '0:A one:B 2:C', '0:A 1a:X 1b:B', '[one] 2'],
    ['what is behind the tables, where a migration and its way back were dropped', '0:A 3:D', '0:A 1:B 2:A-1', '3'],
    ['nothing in the release before, once a migration was taken back', '0:A', '0:A 1:B 2:A-1', ''],
    ['nothing in the release before, where a newer one changed rows alone', '0:A', '0:A 1:A', ''],
    ['the way back, where the migration is recorded', '0:A 1:B 2:A-1', '0:A 1:B', '2'],
    ['neither a migration nor its way back, where it is not', '0:A 1:B 2:A-1', '0:A', '[1] [2]'],
    ['what follows a way back', '0:A 1:B 2:A-1 3:C', '0:A', '[1] [2] 3'],
    ['two ways back, one in the other', '0:A 1:B 2:C 3:B-2 4:A-1', '0:A', '[1] [2] [3] [4]'],
    ['nothing after what was skipped', '0:A 1:B 2:A-1', '0:A 1:B 2:A', ''],
    [
      'behind the way back, where only the tables tell the place',
      '0:A 1:B 2:A-1 3:C',
      'zero:X first:A',
      '[0] [1] [2] 3',
    ],
    ['migrations that change rows alone', '0:A 1:A 2:A', '0:A', '1 2'],
    ['nothing in the release before, whatever changed rows in it', '0:A 1:A 2:A', '0:A 1:A 2:A 3:B 4:A-3', ''],
    ['what is new since the tables of the common beginning', '0:A 1:A 3:C', '0:A 1:A 2:B 4:A', '3'],
    ['one of rows alone, in the place of another that was dropped', '0:A other:A', '0:A 1:A', 'other'],
    ['nothing of one of rows alone that has another name', '0:A other:A:1', '0:A 1:A', ''],
    ['one without statements, whose checks may be made again', '0:A 1:A:none 2:C', 'zero:X first:A', '[0] 1 2'],
    ['nothing of an edited one that changes rows alone', '0:A 1:A:edited', '0:A 1:A', ''],
    ['nothing in the release before, where a newer one only added', '0:A', '0:A 1:B+', ''],
    ['nothing in a release of long before, where newer ones only added', '0:A 1:B', '0:A 1:B 2:C+ 3:D+ 4:D+', ''],
    ['nothing in the release before, where one was taken back and another one added', '0:A', '0:A 1:B 2:A-1 3:C+', ''],
  ])('is %s', (_, planned, recorded, expected) => {
    expect(pending(planned, recorded)).toBe(expected);
  });

  it.each([
    ['a database of a newer release', '0:A', '0:A 1:B', '1'],
    ['a database of newer releases, of which one did more than add', '0:A', '0:A 1:B+ 2:C 3:D+', '1'],
    ['a database that lacks what the release has, and to which another one added', '0:A 1:B', '0:A 2:C+', '2'],
    ['a recorded migration that leads elsewhere now', '0:A 1:X:edited', '0:A 1:B', '1'],
    ['one of rows alone that was run, behind another that was put in before it', '0:A other:A 1:A', '0:A 1:A', '1'],
    ['a migration of rows alone that was put in before a recorded one', '0:A rows:A 1:B', '0:A 1:B', '1'],
    ['tables that two places lead to, with work between them', '0:A 1:B 2:A', 'zero:X first:A', 'zero'],
    ['tables that a migration of rows alone leaves', '0:A 1:B rows:B', '0:A x:X y:B', 'x'],
  ])('refuses %s', (_, planned, recorded, tag) => {
    expect(pending(planned, recorded)).toBe(`refused ${tag}`);
  });
});

/** A migration with what it needs and does, which {@link pendingMigrations} does not know. */
interface Known extends PlannedMigration {
  readonly from: string;
  /** Stays, however the migration is edited and called. */
  readonly work: string;
  readonly isAdditive: boolean;
}

/** How a release's list becomes the next one's. Numbers choose tables, and places from the end. */
type Evolution = readonly ['add' | 'rows' | 'edit' | 'rename' | 'insert' | 'replace' | 'revert' | 'drop', number];

/** Without statements it may be run twice. */
const isOfRows = ({ from, schemaHash, statements }: Known): boolean => from === schemaHash && statements.length > 0;

/** A database that is simulated: which tables it has, and what it was told to record. */
class Database {
  readonly recorded: (RecordedMigration & { isSuperseded: boolean })[] = [];
  readonly changedRows = new Set<string>();
  tables = 'none';

  /** Runs what is pending; throws if a migration meets other tables than it was made for. */
  migrate(release: readonly Known[]): 'migrated' | 'refused' {
    const found = pendingMigrations(release, this.recorded);
    if ('message' in found) return 'refused';
    if (found.steps.length > 0) {
      for (const record of this.recorded.filter(({ isSuperseded }) => !isSuperseded).slice(found.kept)) {
        record.isSuperseded = true;
      }
    }
    for (const { migration, isSkipped } of found.steps) {
      const { from, tag, hash, schemaHash, work, isAdditive } = migration as Known;
      if (!isSkipped) {
        expect(this.tables).toBe(from);
        this.tables = schemaHash;
        if (isOfRows(migration as Known)) expect(this.changedRows).not.toContain(work);
        if (from === schemaHash) this.changedRows.add(work);
      }
      this.recorded.push({ tag, hash, schemaHash, isSuperseded: false, isAdditive });
    }
    return 'migrated';
  }
}

describe('whatever becomes of a list of migrations', () => {
  let tags = 0;
  const migration = (from: string, to: string, changes: Partial<Known> = {}): Known => {
    const tag = `m${tags++}`;
    return {
      tag,
      hash: tag,
      statements: ['some'],
      checks: [],
      reverts: null,
      from,
      schemaHash: to,
      work: tag,
      isAdditive: from === to,
      ...changes,
    };
  };

  /** Whether tables are others to which migrations of these releases have only added. */
  function areWithin(tables: string, others: string, releases: readonly (readonly Known[])[]): boolean {
    const reached = new Set([tables]);
    // Sets are gone through to their end, which moves.
    for (const each of reached) {
      for (const { from, schemaHash, isAdditive } of releases.flat()) {
        if (isAdditive && from === each) reached.add(schemaHash);
      }
    }
    return reached.has(others);
  }
  const tablesAfter = (release: readonly Known[]): string => release.at(-1)?.schemaHash ?? 'none';

  function evolve(release: readonly Known[], [what, number]: Evolution): readonly Known[] {
    const last = release.at(-1);
    const now = tablesAfter(release);
    const before = release.slice(0, -1);
    switch (what) {
      case 'add':
        return [...release, migration(now, `tables ${number}`, { isAdditive: number % 2 === 0 })];
      case 'rows':
        return last ? [...release, migration(now, now, number % 3 === 0 ? { statements: [] } : {})] : release;
      // Nobody can know a migration again that has both another text and another name.
      case 'edit':
        return last && last.tag === last.work ? [...before, { ...last, hash: `${last.hash}'` }] : release;
      case 'rename':
        return last && last.hash === last.work ? [...before, { ...last, tag: `m${tags++}` }] : release;
      case 'insert': {
        const place = Math.max(1, release.length - 1 - (number % 3));
        const there = tablesAfter(release.slice(0, place));
        return release.length > 1 ? release.toSpliced(place, 0, migration(there, there)) : release;
      }
      case 'replace': {
        // Some of the last ones become one, or one becomes two.
        const kept = release.slice(0, Math.max(0, release.length - (number % 3)));
        if (tablesAfter(kept) === now) return release;
        const middle = `tables ${number} between`;
        return number % 2
          ? [...kept, migration(tablesAfter(kept), now)]
          : [...kept, migration(tablesAfter(kept), middle), migration(middle, now)];
      }
      case 'revert':
        return last && last.from !== now ? [...release, migration(now, last.from, { reverts: last.tag })] : release;
      case 'drop':
        return before;
    }
  }

  const evolution = fc.tuple(
    fc.constantFrom('add', 'add', 'add', 'rows', 'edit', 'rename', 'insert', 'replace', 'revert', 'drop'),
    fc.nat(6),
  ) as fc.Arbitrary<Evolution>;
  const runs = propertyRuns(1_000);
  it(`a database ends at the tables of the release, or at some that only have more, with every change of rows made, or is refused (${describeRuns(runs)})`, () => {
    // After each change of the list, some databases meet the newest release or an earlier one, others lag behind.
    const meeting = fc.option(fc.oneof(fc.constant(0), fc.nat(3)));
    const story = fc.array(fc.tuple(evolution, fc.array(meeting, { minLength: 4, maxLength: 4 })), { maxLength: 12 });
    fc.assert(
      fc.property(story, (steps) => {
        const databases = [new Database(), new Database(), new Database(), new Database()];
        const releases: (readonly Known[])[] = [[migration('none', 'tables 0')]];
        for (const [change, meetings] of steps) {
          releases.push(evolve(releases.at(-1)!, change));
          for (const [index, database] of databases.entries()) {
            const release = releases.at(-1 - (meetings[index] ?? releases.length));
            if (!release || database.migrate(release) === 'refused') continue;
            if (database.tables !== tablesAfter(release)) {
              expect(areWithin(tablesAfter(release), database.tables, releases)).toBe(true);
            }
            for (const { work, from, schemaHash } of release) {
              if (from === schemaHash) expect(database.changedRows).toContain(work);
            }
            expect(database.migrate(release)).toBe('migrated');
          }
        }
      }),
      runs,
    );
  });
});
