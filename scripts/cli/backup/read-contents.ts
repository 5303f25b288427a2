import { contentOf, type TableContent } from './content-hash.ts';
import { type Checked, StoredRows } from './stored-rows.ts';

/** What a file holds. */
export interface Contents {
  /** By name in SQL. */
  readonly byTable: ReadonlyMap<string, TableContent>;
  /** What SQLite finds wrong; empty: nothing. */
  readonly problems: readonly string[];
}

/** Reads all rows of a file. */
export function readContents(path: string, checked: Checked): Contents {
  const byTable = new Map<string, TableContent>();
  try {
    using file = new StoredRows(path);
    const problems = file.problems(checked);
    if (problems.length === 0) for (const table of file.tables()) byTable.set(table.name, contentOf(file, table));
    return { byTable, problems };
  } catch (error) {
    // Of SQLite alone: what is asked is fixed, and the file is not.
    return { byTable, problems: [(error as Error).message] };
  }
}
