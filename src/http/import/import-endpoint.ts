import { report } from '../../events/report.ts';
import type { Model } from '../../model/types.ts';
import { errorToWire, ShardQLError } from '../../shards/errors.ts';
import { findTable } from '../core/find-table.ts';
import { requireUtf8Body } from '../core/media-type.ts';
import { readChunks } from '../core/request-body.ts';
import type { RequestScope } from '../request-scope.ts';
import { BatchSender } from './batch-sender.ts';
import { ReportBuilder } from './import-report.ts';
import { KeyLines } from './key-lines.ts';
import { type Line, MAX_LINE_BYTES, ndjsonLines } from './ndjson-lines.ts';
import { type DecodedRow, RowDecoder } from './row-decoder.ts';
import { StoredRowDecoder } from './stored-row-decoder.ts';
import { tryRow } from './try-row.ts';

/**
 * `POST /import?table=…`: upserts the body's NDJSON rows by primary key. Each bad row fails alone. Memory is bounded by
 * two batches, however long the body is. Sending the same body again changes nothing.
 *
 * Rows with the same key are written in the order of their lines, and reported: with both lines if they are within 8,000
 * consecutive rows; otherwise by their number, if all requests of an import name it by the same `&import=…`.
 *
 * The answer carries the session token that holds what was written.
 *
 * With `&stored=["id",…]`, a JSON array of names in SQL, lines are arrays of cells of these columns as a backup has them: see `StoredCell`.
 *
 * With `&dryRun=1` nothing is written and no shard is asked: rows fail only for what the model alone can find.
 */
export async function importTable(request: Request, url: URL, model: Model, scope: RequestScope): Promise<Response> {
  requireUtf8Body(request);
  const table = findTable(model, url.searchParams.get('table'));
  const isDryRun = parseDryRun(url.searchParams.get('dryRun'));
  const stored = parseStored(url.searchParams.get('stored'));
  const decoder = stored === null ? new RowDecoder(table) : new StoredRowDecoder(table, stored);
  const report = new ReportBuilder(table);
  const sender = new BatchSender(scope, table.typeName, parseImportId(url.searchParams.get('import')), report);
  const keys = new KeyLines();
  const attempt = rowAttempts(scope.requestId);

  for await (const line of ndjsonLines(readChunks(request), MAX_LINE_BYTES)) {
    const decoded = attempt(() => decodeLine(decoder, line));
    if (decoded instanceof ShardQLError) {
      report.fail(line.number, errorToWire(decoded));
      continue;
    }
    const firstLine = keys.record(decoded.key, line.number);
    if (firstLine !== null) report.repeat(line.number, firstLine);
    if (!isDryRun) await sender.add(decoded, line);
    else {
      const error = attempt(() => tryRow(table, decoded));
      if (error) report.fail(line.number, errorToWire(error));
      else report.pass();
    }
  }
  await sender.finish();
  return Response.json(report.build());
}

function parseDryRun(text: string | null): boolean {
  if (text === null || text === '0') return false;
  if (text === '1') return true;
  throw new ShardQLError('BAD_USER_INPUT', `Expected ?dryRun= to be 0 or 1, but got "${text}".`);
}

/** Columns of stored cells; null: rows are objects of values. */
function parseStored(text: string | null): readonly string[] | null {
  if (text === null) return null;
  const names = parseJson(text);
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    'Expected ?stored= to be a JSON array of names of columns, but got other text.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseImportId(text: string | null): string | undefined {
  if (text === null) return undefined;
  if (/^[\w-]{1,64}$/.test(text)) return text;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected ?import= to be 1 to 64 letters, digits, "-" or "_", but got ${text.length} characters.`,
  );
}

function decodeLine(decoder: Pick<RowDecoder, 'decode'>, line: Line): DecodedRow {
  if (line.text === null) throw unreadable(line);
  return decoder.decode(line.text);
}

/**
 * For work on one row after the other: gives the error where it fails. A row on which our code fails, or that of the model, is a
 * failed row like any other: the rest are imported. Such a failure is logged once, however many rows have it.
 */
function rowAttempts(requestId: string): <T>(work: () => T) => T | ShardQLError {
  const logged = new Set<string>();
  return (work) => {
    try {
      return work();
    } catch (error) {
      if (error instanceof ShardQLError) return error;
      if (!logged.has(String(error))) report({ type: 'request-failed', requestId, error });
      logged.add(String(error));
      return new ShardQLError('INTERNAL_SERVER_ERROR', 'Internal server error.');
    }
  };
}

const unreadable = ({ bytes, problem }: Line): ShardQLError =>
  problem === null
    ? new ShardQLError('VALUE_TOO_LARGE', `Expected a line of at most ${MAX_LINE_BYTES} bytes, but got ${bytes}.`)
    : new ShardQLError('BAD_USER_INPUT', `Expected a line in UTF-8, but got ${problem} of the line.`);
