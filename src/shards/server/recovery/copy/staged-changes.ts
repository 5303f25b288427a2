import { type PastChange, unpackParts } from '../../../protocol/backup.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { decodeImage, encodeImage, type Image } from '../../log/row-image.ts';
import { putCopiedRow, readCopiedRow, removeCopiedRow } from '../../tables/copied-rows-table.ts';

/** Keeps a page of rows, as they were read. Gives how many there are. */
export function stageRows(session: SqlSession, copy: string, table: string, page: ArrayBuffer): number {
  const parts = [...unpackParts(page)];
  for (let at = 0; at < parts.length; at += 2) putCopiedRow(session, copy, table, parts[at]!, parts[at + 1]!);
  return parts.length / 2;
}

/**
 * Takes a page of changes back, the newest first, on the rows that were read. What a row is afterwards does not depend on when it was
 * read: before a change, after it, or not at all as it came later or was gone already. A row whose key was changed meanwhile may
 * have been missed: it is noted as one without an image.
 */
export function takeStagedBack(session: SqlSession, copy: string, page: ArrayBuffer): void {
  const parts = [...unpackParts(page)];
  for (let at = 0; at < parts.length; at += 3) {
    const { table, op } = JSON.parse(decoder.decode(parts[at]!)) as PastChange;
    const [pk, before] = [parts[at + 1]!, parts[at + 2] ?? null];
    if (op === 'insert') removeCopiedRow(session, copy, table, pk);
    else if (op === 'delete') putCopiedRow(session, copy, table, pk, before!);
    else takeUpdateBack(session, copy, table, pk, decodeImage(before!));
  }
}

const decoder = new TextDecoder();

function takeUpdateBack(session: SqlSession, copy: string, table: string, pk: ArrayBuffer, before: Image): void {
  const key = decodeImage(pk);
  const isMoved = [...key.keys()].some((name) => before.has(name));
  const keyBefore = isMoved
    ? encodeImage(new Map([...key].map(([name, value]) => [name, before.get(name) ?? value])))
    : pk;
  // It may have been read before its key was changed.
  const image = readCopiedRow(session, copy, table, pk) ?? readCopiedRow(session, copy, table, keyBefore) ?? null;
  if (isMoved) removeCopiedRow(session, copy, table, pk);
  const row = image === null ? null : encodeImage(new Map([...decodeImage(image), ...before]));
  putCopiedRow(session, copy, table, keyBefore, row);
}
