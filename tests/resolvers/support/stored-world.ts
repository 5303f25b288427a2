/** Worlds of rows: put into shards, and read from them past the API. */
import { expect } from 'vitest';
import type { LabWorker } from '../../support/lab-worker.ts';
import { type Entity, type Row, rowsOf, type World } from '../../support/queries/world.ts';

export const columnsOf = ({ columns }: Entity) => columns.filter(({ generated }) => !generated).map(({ name }) => name);

/** As a file brings them: deleted rows come back deleted. */
export async function loadWorld(worker: LabWorker, world: World): Promise<void> {
  for (const entity of world.entities) {
    const rows = rowsOf(world, entity.type, true);
    const body = rows.map((row) => JSON.stringify(row, columnsOf(entity))).join('\n');
    const response = await worker.fetch(`/import?table=${entity.type}`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ inserted: rows.length, failed: 0 });
  }
}

const sqlName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const isDeleted = ({ deletedAt = null, leftAt = null, removedAt = null }: Row): boolean =>
  [deletedAt, leftAt, removedAt].some((moment) => moment !== null);

/** What shards hold, read past the API. */
export async function storedWorld(worker: LabWorker, { name, entities }: World): Promise<World> {
  const shards = await worker.inShards(({ storage }) =>
    entities.map(({ list, columns }) =>
      [
        ...storage.sql.exec(`SELECT ${columns.map(({ name: column }) => sqlName(column))} FROM ${sqlName(list)}`).raw(),
      ].map((cells) => Object.fromEntries(columns.map((column, at) => [column.name, shown(column.kind, cells[at]!)]))),
    ),
  );
  const rows = entities.map(({ type }, at) => [type, shards.flatMap((tables) => tables[at]!)] as const);
  const split = (wanted: boolean) =>
    Object.fromEntries(rows.map(([type, all]) => [type, all.filter((row) => isDeleted(row) === wanted)]));
  return { name, entities, rows: split(false), deleted: split(true) };
}

/** Moments are numbers in some tables. */
function shown(kind: string, cell: SqlStorageValue): string | number | null {
  if (typeof cell !== 'number' || (kind !== 'dateTime' && kind !== 'seconds')) return cell as string | number | null;
  return new Date(kind === 'seconds' ? cell * 1_000 : cell).toISOString();
}
