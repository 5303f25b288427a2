import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';

/** SQLite's own verdict on every database in the folder; empty if all are well. */
export function unsoundDatabases(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sqlite'));
  expect(files.length).toBeGreaterThan(0);
  return files.filter((file) => {
    const database = new DatabaseSync(join(folder, file));
    try {
      const integrity = database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => Object.values(row)[0]);
      const orphans = database.prepare('PRAGMA foreign_key_check').all();
      return integrity.join() !== 'ok' || orphans.length > 0;
    } finally {
      database.close();
    }
  });
}
