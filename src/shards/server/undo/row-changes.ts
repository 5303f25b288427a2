/** Reads from the log what a span of it did to each row: several log rows of a row are one change. */
import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { decodeImage, type Image, type LoggedValue } from '../log/row-image.ts';
import { readLoggedImage } from '../tables/log-changes.ts';
import { eachLogEntry, type LogSpan } from '../tables/log-spans.ts';
import type { LogEntry } from '../tables/log-table.ts';
import type { Since } from './schema-since.ts';

/** Values as they are stored, by column. */
export type StoredValues = ReadonlyMap<ColumnModel, LoggedValue>;

/** A row that was changed, under today's model. */
export interface RowChange {
  readonly table: TableModel;
  readonly shardKey: ShardKey;
  /** The primary key that it has after the change; of a row that is gone, as it was then. */
  readonly key: StoredValues;
  /** What takes the change back. */
  readonly kind: 'insert' | 'update' | 'delete';
  /** @throws SchemaChanged */
  readonly before: (session: ReadSession) => StoredValues;
}

/** A row whose state before cannot be told under today's model. */
export interface LostChange {
  /** Name in SQL, of then. */
  readonly table: string;
  readonly key: Image;
  /** The end of a sentence. */
  readonly changed: string;
}

export const isLost = (change: RowChange | LostChange): change is LostChange => 'changed' in change;

/** A column of an image is none of the model's any more. */
export class SchemaChanged extends Error {
  constructor(column: string) {
    super(`a column "${column}" that a migration has dropped, or made one that is worked out`);
  }
}

/**
 * The rows that the log rows of a span have changed, the last one changed first. Rows that were both created and deleted in it are
 * left out. Images, which may be large, are read one at a time, and when they are asked for.
 */
export function readRowChanges(
  session: ReadSession,
  span: LogSpan,
  sinceOf: (loggedTable: string, schema: string) => Since,
): (RowChange | LostChange)[] {
  const all: Tracked[] = [];
  /** By the key that a row had at the point that is looked at. */
  const open = new Map<string, Tracked>();
  for (const entry of eachLogEntry(session, span)) {
    const since = sinceOf(entry.table, entry.schema);
    const name = 'changed' in since ? entry.table : since.table.sqlName;
    const key = decodeImage(entry.pk);
    const at = placeOf(name, key);
    let tracked = open.get(at);
    if (tracked === undefined) {
      tracked = { entry, key, since, isThereBefore: true, images: [] };
      all.push(tracked);
      open.set(at, tracked);
    }
    stepBack(session, tracked, entry, since, (moved) => {
      open.delete(at);
      open.set(placeOf(name, moved), tracked);
    });
  }
  return all.flatMap((tracked) => toChange(tracked) ?? []);
}

/** A row on the way from the end of the span to its beginning. */
interface Tracked {
  /** The last log row of it. */
  readonly entry: LogEntry;
  readonly key: Image;
  /** Of the last log row; `changed` if any is lost. */
  since: Since;
  isThereBefore: boolean;
  /** Images whose values it had before; older ones, which come later, count. */
  images: { readonly seq: number; readonly since: Since }[];
}

/** `onMove` is told the key that the row had before, where it was another. */
function stepBack(
  session: ReadSession,
  tracked: Tracked,
  { op, seq, pk }: LogEntry,
  since: Since,
  onMove: (key: Image) => void,
): void {
  tracked.isThereBefore = op !== 'insert';
  if ('changed' in since) tracked.since = since;
  switch (op) {
    case 'insert':
      tracked.images = [];
      break;
    case 'delete':
      tracked.images = [{ seq, since }];
      break;
    case 'update': {
      tracked.images.push({ seq, since });
      if ('changed' in since || !mayMoveKeys(since.table)) return;
      const [key, image] = [decodeImage(pk), decodeImage(readLoggedImage(session, seq))];
      if ([...key.keys()].some((name) => image.has(name))) {
        onMove(new Map([...key].map(([name, value]) => [name, image.get(name) ?? value])));
      }
    }
  }
}

/** Keys change where a foreign key in them follows what it refers to. Shard keys never do. */
export const mayMoveKeys = ({ foreignKeys, primaryKey, shardKey }: TableModel): boolean =>
  foreignKeys.some(
    ({ columns, onUpdate }) =>
      onUpdate === 'cascade' && columns.some((column) => column !== shardKey && primaryKey.columns.includes(column)),
  );

/** Tells rows apart. */
export const placeOf = (table: string, key: Image): string =>
  JSON.stringify([table, ...[...key.values()].map((value) => [value.type, textOf(value)])]);

function textOf(value: LoggedValue): string | number | null {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return value.digits;
    case 'blob':
      return [...new Uint8Array(value.value)].join();
    default:
      return value.value;
  }
}

/** Null: nothing of the row is left, and there was none before. */
function toChange({ entry, key, since, isThereBefore, images }: Tracked): RowChange | LostChange | null {
  const isThereAfter = entry.op !== 'delete';
  if (!isThereAfter && !isThereBefore) return null;
  const lost = (changed: string): LostChange => ({ table: entry.table, key, changed });
  if ('changed' in since) return lost(since.changed);
  const { table } = since;
  try {
    return {
      table,
      shardKey: entry.shardKey,
      key: underModel(key, since.column),
      kind: isThereBefore ? (isThereAfter ? 'update' : 'insert') : 'delete',
      before: (session) => {
        const values = new Map<ColumnModel, LoggedValue>();
        for (const { seq, since: then } of images) {
          const image = decodeImage(readLoggedImage(session, seq));
          const columnOf = 'changed' in then ? since.column : then.column;
          for (const [column, value] of underModel(image, columnOf)) values.set(column, value);
        }
        return values;
      },
    };
  } catch (error) {
    if (error instanceof SchemaChanged) return lost(error.message);
    throw error;
  }
}

function underModel(image: Image, columnOf: (name: string) => ColumnModel | null): StoredValues {
  const values = new Map<ColumnModel, LoggedValue>();
  for (const [name, value] of image) {
    if (name === ROW_VERSION_COLUMN) continue;
    const column = columnOf(name);
    if (column === null) throw new SchemaChanged(name);
    values.set(column, value);
  }
  return values;
}
