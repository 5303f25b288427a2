import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';

/** SQLite's own verdict on every database in the folder, its full-text indexes included; empty if all are well. */
export function unsoundDatabases(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sqlite'));
  expect(files.length).toBeGreaterThan(0);
  return files.flatMap((file) => {
    const database = new DatabaseSync(join(folder, file));
    try {
      return problemsOf(database).map((problem) => `${file}: ${problem}`);
    } finally {
      database.close();
    }
  });
}

function problemsOf(database: DatabaseSync): string[] {
  const integrity = database
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(Object.values(row)[0]))
    .filter((text) => text !== 'ok');
  const orphans = database
    .prepare('PRAGMA foreign_key_check')
    .all()
    .map((row) => `a row without what it refers to: ${JSON.stringify(row)}`);
  return [...integrity, ...orphans, ...filledIndexes(database).flatMap((name) => indexProblems(database, name))];
}

/** Full-text indexes that hold all rows: one that is being filled does not yet, and while a migration runs it cannot see them. */
function filledIndexes(database: DatabaseSync): string[] {
  const has = (name: string) => database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
  if (!has('_search')) return [];
  return database
    .prepare("SELECT name FROM _search WHERE is_complete = 1 AND hash <> ''")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => has(name.replace(/_index$/, '_rows')));
}

function indexProblems(database: DatabaseSync, name: string): string[] {
  try {
    // Rank 1: compare with the rows, too.
    database.exec(`INSERT INTO "${name}" ("${name}", rank) VALUES ('integrity-check', 1)`);
    return [];
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
}
