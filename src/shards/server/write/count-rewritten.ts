import type { TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import type { Version } from '../../version.ts';
import { decodeImage } from '../log/image.ts';
import type { SqlSession } from '../sql-session.ts';
import { readLoggedUpdateImages } from '../tables/log-table.ts';

/** How many updates of a table that are logged after `seq` changed a row that was written at `since` or later. */
export function countRewritten(session: SqlSession, { sqlName }: TableModel, seq: number, since: Version): number {
  let count = 0;
  for (const image of readLoggedUpdateImages(session, sqlName, seq)) {
    const before = decodeImage(image).get(ROW_VERSION_COLUMN);
    if (before?.type === 'integer' && Number(before.digits) >= since) count++;
  }
  return count;
}
