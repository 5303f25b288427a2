/** Bugs that somebody might make in what becomes of old values under a new schema. */
import type { SeededBug } from '../seeded-bugs.ts';

export const RELEASE_BUGS: readonly SeededBug[] = [
  {
    name: 'an image of the old schema is applied to the new',
    file: 'shards/server/undo/schema-since.ts',
    from: 'for (const step of steps) if (sqlName !== null && step.has(sqlName)) sqlName = step.get(sqlName)!;',
    to: '',
  },
  {
    name: 'values of before a conversion are taken for those of after it',
    file: 'shards/server/undo/schema-since.ts',
    from: 'if (isConverted) return',
    to: "if (tag === '') return",
  },
  {
    name: 'what a migration has changed counts as changed under the new schema',
    file: 'shards/server/migrate/run-migrations.ts',
    from: "const schemaBefore = lastMigration(session) ?? '';",
    to: 'const schemaBefore = tag;',
  },
];
