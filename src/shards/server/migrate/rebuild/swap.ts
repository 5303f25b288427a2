import type { Model } from '../../../../model/types.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { noteSwap, type RebuildRecord, readRebuilds } from '../../tables/rebuilds-table.ts';
import { OLD_PREFIX } from '../stored-table.ts';
import { copyName } from './copy-sql.ts';
import { copyStep, dropCopyTriggers } from './copying.ts';
import { hasIndex } from './index-naming.ts';
import { canStayAside, readNamingThemselves } from './own-name.ts';
import type { Rebuild, RebuildPart } from './rebuild.ts';

/** Those that are left: callers have seen to it that they are few. */
const ALL_ROWS = 2 ** 31;

/**
 * Puts copies that were made in steps in the place of their tables, within the transaction of the migration: instead of its statements
 * that would make the copy. What takes long, and changes nothing that anybody can see by then, is left to `settling.ts`.
 */
export class Swap {
  readonly #session: SqlSession;
  readonly #rebuildByPlace: ReadonlyMap<string, readonly [Rebuild, RebuildPart]>;
  readonly #model: Model;
  readonly #copied: readonly Rebuild[];
  readonly #run: Pick<RebuildRecord, 'schema' | 'tag'>;

  /** `run`: the last migration before, and the last one of the run. */
  constructor(
    session: SqlSession,
    model: Model,
    copied: readonly Rebuild[],
    run: Pick<RebuildRecord, 'schema' | 'tag'>,
  ) {
    this.#session = session;
    this.#model = model;
    this.#copied = copied;
    this.#rebuildByPlace = new Map(
      copied.flatMap((rebuild) => [...rebuild.parts].map(([place, part]) => [place, [rebuild, part] as const])),
    );
    this.#run = run;
  }

  /** Whether the statement belongs to one of these rebuilds. */
  isPart(place: string): boolean {
    return this.#rebuildByPlace.has(place);
  }

  /** Does what the statement is for, if it belongs to one of these rebuilds. @throws MigrationRefused if the new table does not take a row. */
  takes(place: string): boolean {
    const found = this.#rebuildByPlace.get(place);
    if (found === undefined) return false;
    const [rebuild, part] = found;
    const { table } = rebuild;
    switch (part) {
      case 'create':
        break;
      case 'none':
        break;
      case 'copy':
        this.#copyRest(rebuild);
        break;
      case 'drop':
        this.#putAside(table);
        break;
      case 'rename':
        this.#rename(copyName(table), table);
        break;
      case 'all':
        this.#copyRest(rebuild);
        this.#putAside(table);
        this.#rename(copyName(table), table);
        break;
      case 'index':
        break;
    }
    return true;
  }

  #copyRest(rebuild: Rebuild): void {
    while (copyStep(this.#session, this.#model, rebuild, this.#record(rebuild.table), ALL_ROWS) > 0);
  }

  /** To be called after the last statement. Indexes that the copies lack are made once the names are free. */
  end(): void {
    const session = this.#session;
    for (const { table, indexes } of this.#copied) {
      const later = indexes.filter(({ name }) => !hasIndex(session, table, name)).map(({ sql }) => sql);
      noteSwap(session, table, { ...this.#run, later });
    }
  }

  /** Dropping it takes some time, so that is left to the end, where it can be renamed. */
  #putAside(table: string): void {
    const session = this.#session;
    dropCopyTriggers(session, table);
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
