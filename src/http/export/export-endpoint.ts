import type { Model, TableModel, WireValue } from '../../model/types.ts';
import { exportPlan, type KeyPosition } from '../../plans/internal-plans.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { isMisfit, isPackedStored, type Misfit, packStored } from '../../shards/misfit.ts';
import { findTable } from '../core/find-table.ts';
import { MISFITS_HEADER, NEXT_HEADER } from '../core/headers.ts';
import { wireToCell } from './wire-to-cell.ts';

const DEFAULT_PAGE_ROWS = 1_000;
const MAX_PAGE_ROWS = 5_000;

/**
 * `GET /export?table=…&after=…&limit=…`: a page of the table's rows by ascending primary key, as NDJSON that `/import`
 * takes. Pages are not one snapshot: each is the latest state when it is read. Generated columns are left out. Stored
 * values that do not fit their columns are given as they are stored, and counted in a header: each row comes out.
 */
export async function exportPage(url: URL, model: Model, shards: ShardClient): Promise<Response> {
  const table = findTable(model, url.searchParams.get('table'));
  const limit = parseLimit(url.searchParams.get('limit'));
  const after = parsePosition(table, url.searchParams.get('after'));
  const columns = table.columns.filter((column) => !column.generated);
  const [answer] = await shards.read({
    ...exportPlan(table, columns, after, limit),
    keys: [[]],
    shardKeys: null,
  });
  const { rows, hasMore } = answer!;
  const lines = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(
        columns.map((column, index) => [column.sqlName, wireToCell(column, row[index] as WireValue | Misfit)]),
      ),
    ),
  );
  const headers = new Headers({ 'content-type': 'application/x-ndjson' });
  const misfits = rows.reduce((count, row) => count + row.filter(isMisfit).length, 0);
  if (misfits > 0) headers.set(MISFITS_HEADER, String(misfits));
  const last = hasMore ? rows.at(-1) : undefined;
  if (last) {
    const position = table.primaryKey.columns.map((column) => {
      const value = last[columns.indexOf(column)];
      return isMisfit(value) ? [packStored(value)] : value;
    });
    headers.set(NEXT_HEADER, encodeURIComponent(JSON.stringify(position)));
  }
  return new Response(lines.map((line) => `${line}\n`).join(''), { headers });
}

function parseLimit(text: string | null): number {
  const limit = text === null ? DEFAULT_PAGE_ROWS : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_ROWS) return limit;
  throw bad(`Expected ?limit= to be an integer from 1 to ${MAX_PAGE_ROWS}, but got "${text}".`);
}

/** The primary key of the row before the page; empty for the first page. */
function parsePosition(table: TableModel, text: string | null): KeyPosition {
  if (text === null) return [];
  const { columns } = table.primaryKey;
  try {
    const position: unknown = JSON.parse(text);
    if (Array.isArray(position) && position.length === columns.length && position.every(isKeyValue)) return position;
  } catch {
    // No JSON: refused below.
  }
  throw bad(`Expected ?after= to be what the header ${NEXT_HEADER} of another page gave, but got another text.`);
}

const isKeyValue = (value: unknown): value is KeyPosition[number] =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' && isPackedStored(value[0]));

const bad = (message: string): ShardQLError => new ShardQLError('BAD_USER_INPUT', message);
