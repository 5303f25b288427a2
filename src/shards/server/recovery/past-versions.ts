import type { TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { decodeHead, decodeImage, type Image, loggedValueBinding } from '../log/row-image.ts';
import { readLoggedImage } from '../tables/log-changes.ts';
import { eachLogHead, type LogHead, type LogPart, spanOf } from '../tables/log-spans.ts';
import { mayMoveKeys, placeOf } from '../undo/row-changes.ts';
import { barrier, type PastSchema } from './past-schema.ts';
import { bindings, conditions, underModel, type Values } from './past-values.ts';

/** A row of which only the version has changed. */
interface PastVersion {
  readonly table: TableModel;
  readonly key: Values;
  readonly version: Version;
}

/**
 * The versions that rows had at the beginnings of round trips (`round-trips.ts`): at their ends they have the same values, but later
 * versions. Reads the log alone.
 *
 * @param parts the last one first, as a span leaves them out.
 * @throws ShardQLError CONFLICT if a migration has made a change unreadable.
 */
export function readPastVersions(session: ReadSession, parts: readonly LogPart[], schema: PastSchema): PastVersion[] {
  /** By the key at the point that is looked at, on the way back. */
  const found = new Map<string, PastVersion>();
  for (const part of parts) {
    for (const change of eachLogHead(session, spanOf(part))) {
      const since = schema(change.table, change.schema);
      if ('changed' in since) throw barrier(change.table, since.changed);
      const { table } = since;
      const after = decodeImage(change.pk);
      found.delete(placeOf(table.sqlName, after));
      const version = versionOf(change);
      if (version === null) continue;
      const before = mayMoveKeys(table) ? keyBefore(session, change, after) : after;
      found.set(placeOf(table.sqlName, before), { table, key: underModel(since, before), version });
    }
  }
  return [...found.values()];
}

const keyBefore = (session: ReadSession, { op, seq }: LogHead, after: Image): Image => {
  if (op !== 'update') return after;
  const image = decodeImage(readLoggedImage(session, seq));
  return new Map([...after].map(([name, value]) => [name, image.get(name) ?? value]));
};

/** Null: the row was not there before. */
const versionOf = ({ head }: LogHead): Version | null => {
  const version = head === null ? undefined : decodeHead(head).values.get(ROW_VERSION_COLUMN);
  return version === undefined ? null : Number(loggedValueBinding(version));
};

/**
 * Gives rows these versions, once all else is taken back to a moment. A row that another change was taken back of has the right one: only those of later
 * than the moment are wrong.
 */
export function putVersionsBack(session: SqlSession, versions: readonly PastVersion[], moment: Version): void {
  for (const { table, key, version } of versions) {
    session.run(
      `UPDATE ${quoteName(table.sqlName)} SET ${ROW_VERSION_COLUMN} = ? WHERE ${conditions(key)} AND ${ROW_VERSION_COLUMN} > ?`,
      version,
      ...bindings(key),
      moment,
    );
  }
}
