import { join } from 'node:path';
import { addContents, contentOf, NO_CONTENT, type TableContent } from './content-hash.ts';
import { StoredRows } from './stored-rows.ts';

/** What files hold. */
export interface Contents {
  /** Over all files, by name in SQL. */
  readonly byTable: ReadonlyMap<string, TableContent>;
  /** What SQLite finds wrong, with the file's name; empty: nothing. */
  readonly problems: readonly string[];
}

/** Reads all rows of files of a folder. */
export function readContents(folder: string, files: readonly string[]): Contents {
  const byTable = new Map<string, TableContent>();
  const problems: string[] = [];
  for (const name of files) {
    const file = new StoredRows(join(folder, name));
    try {
      problems.push(...file.problems().map((problem) => `${name}: ${problem}`));
      for (const table of file.tables()) {
        byTable.set(table.name, addContents(byTable.get(table.name) ?? NO_CONTENT, contentOf(file, table)));
      }
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    } finally {
      file.close();
    }
  }
  return { byTable, problems };
}
