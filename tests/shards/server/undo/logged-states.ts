import { ROW_VERSION_COLUMN } from '../../../../src/model/types.ts';
import { decodeImage, type Image, type LoggedValue } from '../../../../src/shards/server/log/row-image.ts';
import { type LogRow, readLastLogSeq, readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import type { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { LAB_TABLES, stateOf } from './lab-history.ts';
import type { LabRow, LabState } from './undo-oracle.ts';

/** A commit of a shard, and each tenant's rows after it. */
export interface LoggedState {
  readonly version: number;
  readonly origin: string;
  readonly byTenant: ReadonlyMap<string, LabState>;
}

/**
 * The states of these tenants' rows after each commit from `first` on, oldest first: worked out backwards from the rows that are
 * there now, in memory. Done in the tables, a step back could set off actions of foreign keys.
 */
export function loggedStates(session: SqlSession, tenants: readonly string[], first: number): LoggedState[] {
  let byTenant = new Map(tenants.map((tenant) => [tenant, stateOf(session, tenant)]));
  const states: LoggedState[] = [];
  const log = Map.groupBy(readLogBackwards(session, 0, readLastLogSeq(session)), ({ version }) => version);
  for (const [version, rows] of log) {
    if (version <= first) break;
    states.unshift({ version, origin: rows[0]!.origin, byTenant });
    byTenant = new Map(byTenant);
    for (const row of rows) {
      const tenant = row.shardKey.slice('t:'.length);
      byTenant.set(tenant, stateBefore(byTenant.get(tenant)!, row));
    }
  }
  return [{ version: first, origin: '', byTenant }, ...states];
}

function stateBefore(state: LabState, { table: from, op, pk, image }: LogRow): LabState {
  const [table, { columns }] = LAB_TABLES.find(([, { sqlName }]) => sqlName === from)!;
  const id = String(plain(decodeImage(pk).get('id')!));
  const place = `${table} ${id}`;
  const before = new Map(state);
  if (op === 'insert') before.delete(place);
  else
    before.set(
      place,
      rowBefore({ table, id }, columns, op === 'update' ? state.get(place)! : null, decodeImage(image!)),
    );
  return before;
}

const rowBefore = (
  row: Pick<LabRow, 'table' | 'id'>,
  columns: readonly string[],
  after: LabRow | null,
  image: Image,
): LabRow => ({
  ...row,
  version: Number(plain(image.get(ROW_VERSION_COLUMN)!)),
  values: Object.fromEntries(
    columns.map((name) => [name, image.has(name) ? plain(image.get(name)!) : after!.values[name]!]),
  ),
});

function plain(value: LoggedValue): string | number | null {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return Number(value.digits);
    case 'blob':
      throw new Error('Expected no blobs.');
    default:
      return value.value;
  }
}
