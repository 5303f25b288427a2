import { describe, expect, it } from 'vitest';
import { pendingSteps } from '../../../../src/shards/server/migrate/history.ts';

/** `tag:schema` with the statements' hash behind it where it is not the tag: `1:B:edited`. `-tag` at the end: takes it back. */
function migrationsOf(text: string) {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [, tag, schemaHash, hash, reverts = null] = /^(\w+):(\w+)(?::(\w+))?(?:-(\w+))?$/.exec(word)!;
      return { tag: tag!, schemaHash: schemaHash!, hash: hash ?? tag!, reverts, statements: [], checks: [] };
    });
}

/** Tags of what is to be done, in brackets what is skipped; or `refused TAG`. */
function pending(planned: string, recorded: string): string {
  const steps = pendingSteps(migrationsOf(planned), migrationsOf(recorded));
  if ('message' in steps) return `refused ${steps.tag}`;
  return steps.map(({ migration, isSkipped }) => (isSkipped ? `[${migration.tag}]` : migration.tag)).join(' ');
}

describe('what is pending', () => {
  it.each([
    ['everything, in a new database', '0:A 1:B', '', '0 1'],
    ['what is behind the recorded ones', '0:A 1:B 2:C', '0:A', '1 2'],
    ['nothing, where all are recorded', '0:A 1:B', '0:A 1:B', ''],
    ['nothing of a migration that was edited, where it is recorded', '0:A 1:B:edited', '0:A 1:B', ''],
    ['the edited migration, where it is not', '0:A 1:B:edited', '0:A', '1'],
    ['nothing of one that replaces a recorded one and ends in its tables', '0:A one:B', '0:A 1:B', ''],
    ['what is behind two that replace a recorded one', '0:A 1a:X 1b:B 2:C', '0:A 1:B', '2'],
    ['what is behind one that replaces two recorded ones', '0:A one:B 2:C', '0:A 1a:X 1b:B', '2'],
    ['what is behind the tables, where a migration and its way back were dropped', '0:A 3:D', '0:A 1:B 2:A-1', '3'],
    ['nothing in the release before, once a migration was taken back', '0:A', '0:A 1:B 2:A-1', ''],
    ['nothing in the release before, where a newer one changed rows alone', '0:A', '0:A 1:A', ''],
    ['the way back, where the migration is recorded', '0:A 1:B 2:A-1', '0:A 1:B', '2'],
    ['neither a migration nor its way back, where it is not', '0:A 1:B 2:A-1', '0:A', '[1] [2]'],
    ['what follows a way back', '0:A 1:B 2:A-1 3:C', '0:A', '[1] [2] 3'],
    ['two ways back, one in the other', '0:A 1:B 2:C 3:B-2 4:A-1', '0:A', '[1] [2] [3] [4]'],
    ['nothing after what was skipped', '0:A 1:B 2:A-1', '0:A 1:B 2:A', ''],
    ['behind the way back, where only the tables tell the place', '0:A 1:B 2:A-1 3:C', 'zero:X first:A', '3'],
    ['migrations that change rows alone', '0:A 1:A 2:A', '0:A', '1 2'],
    ['nothing of an edited one that changes rows alone', '0:A 1:A:edited', '0:A 1:A', ''],
  ])('is %s', (_, planned, recorded, expected) => {
    expect(pending(planned, recorded)).toBe(expected);
  });

  it.each([
    ['a database of a newer release', '0:A', '0:A 1:B', '1'],
    ['a recorded migration that leads elsewhere now', '0:A 1:X:edited', '0:A 1:B', '1'],
    ['another migration that changes rows alone in the place of a recorded one', '0:A other:A', '0:A 1:A', '1'],
    ['a migration of rows alone that was put in before a recorded one', '0:A rows:A 1:B', '0:A 1:B', '1'],
    ['tables that two places lead to, with work between them', '0:A 1:B 2:A', 'zero:X first:A', 'zero'],
    ['tables that a migration of rows alone leaves', '0:A 1:B rows:B', '0:A x:X y:B', 'x'],
  ])('refuses %s', (_, planned, recorded, tag) => {
    expect(pending(planned, recorded)).toBe(`refused ${tag}`);
  });
});
