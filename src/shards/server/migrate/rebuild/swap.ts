import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { noteSwap, type RebuildRecord, readRebuilds } from '../../tables/rebuilds-table.ts';
import { OLD_PREFIX } from '../stored-table.ts';
import { copyName } from './copy-sql.ts';
import { copyStep, dropCopyTriggers } from './copying.ts';
import type { Rebuild, RebuildPart } from './find-rebuilds.ts';
import { canStayAside, readNamingThemselves } from './own-name.ts';

/** Those that are left: callers have seen to it that they are few. */
const ALL_ROWS = 2 ** 31;

/**
 * Puts copies that were made in steps in the place of their tables, within the transaction of the migration: instead of its statements
 * that would make the copy. What takes long, and changes nothing that anybody can see by then, is left to `settling.ts`.
 */
export class Swap {
  readonly #session: SqlSession;
  readonly #rebuildByPlace: ReadonlyMap<string, readonly [Rebuild, RebuildPart]>;
  readonly #later: Map<string, string[]>;
  readonly #run: Pick<RebuildRecord, 'schema' | 'tag'>;

  /** `run`: the last migration before, and the last one of the run. */
  constructor(session: SqlSession, copied: readonly Rebuild[], run: Pick<RebuildRecord, 'schema' | 'tag'>) {
    this.#session = session;
    this.#rebuildByPlace = new Map(
      copied.flatMap((rebuild) => [...rebuild.parts].map(([place, part]) => [place, [rebuild, part] as const])),
    );
    this.#later = new Map(copied.map(({ table }) => [table, []]));
    this.#run = run;
  }

  /** Whether the statement belongs to one of these rebuilds. */
  isPart(place: string): boolean {
    return this.#rebuildByPlace.has(place);
  }

  /** Does what the statement is for, if it belongs to one of these rebuilds. @throws MigrationRefused if the new table does not take a row. */
  takes(place: string, sql: string): boolean {
    const found = this.#rebuildByPlace.get(place);
    if (found === undefined) return false;
    const [rebuild, part] = found;
    const { table } = rebuild;
    switch (part) {
      case 'create':
        break;
      case 'copy':
        while (copyStep(this.#session, rebuild, this.#record(table), ALL_ROWS) > 0);
        break;
      case 'drop':
        dropCopyTriggers(this.#session, table);
        this.#putAside(table);
        break;
      case 'rename':
        this.#rename(copyName(table), table);
        break;
      case 'index':
        this.#later.get(table)!.push(sql);
    }
    return true;
  }

  /** To be called after the last statement. */
  end(): void {
    for (const [table, later] of this.#later) noteSwap(this.#session, table, { ...this.#run, later });
  }

  /** Its rows may still be compared with those of the copy, where it can stay. */
  #putAside(table: string): void {
    const session = this.#session;
    if (canStayAside(session, table)) {
      for (const { name } of readNamingThemselves(session, table)) session.run(`DROP INDEX ${quoteName(name)}`);
      this.#rename(table, OLD_PREFIX + table);
    } else session.run(`DROP TABLE ${quoteName(table)}`);
  }

  /** Foreign keys of other tables, and of its own, go on to name the table that has the name. */
  #rename(from: string, to: string): void {
    this.#session.run('PRAGMA legacy_alter_table = ON');
    try {
      this.#session.run(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`);
    } finally {
      this.#session.run('PRAGMA legacy_alter_table = OFF');
    }
  }

  #record(table: string): RebuildRecord {
    return readRebuilds(this.#session).find(({ name }) => name === table)!;
  }
}
