import type { Model, TableModel } from '../../model/types.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { errorToWire, ShardQLError } from '../../shards/errors.ts';
import { MAX_ROW_BYTES } from '../../shards/limits.ts';
import { ImportBatch } from './import-batch.ts';
import { ReportBuilder } from './import-report.ts';
import type { Line } from './ndjson-lines.ts';
import { ndjsonLines } from './ndjson-lines.ts';
import type { DecodedRow } from './row-decoder.ts';
import { RowDecoder } from './row-decoder.ts';

/** JSON may need several bytes for one of the row; the row itself is measured by its shard. */
const MAX_LINE_BYTES = 4 * MAX_ROW_BYTES;
/** `GET /import`: the tables in the order in which to import them, referenced tables first. */
export const listImportTables = (model: Model): Response =>
  Response.json({
    tables: model.insertOrder.map((type) => ({ type, table: model.tableByType.get(type)!.sqlName })),
  });

/**
 * `POST /import?table=…`: upserts the body's NDJSON rows by primary key. Each bad row fails alone. Memory is bounded by
 * one batch, however long the body is. Sending the same body again changes nothing.
 */
export async function importTable(request: Request, url: URL, model: Model, shards: ShardClient): Promise<Response> {
  const table = findTable(model, url.searchParams.get('table'));
  const decoder = new RowDecoder(table);
  const report = new ReportBuilder();
  let batch = new ImportBatch();

  for await (const line of ndjsonLines(request.body ?? emptyBody(), MAX_LINE_BYTES)) {
    const decoded = decodeLine(decoder, line);
    if (decoded instanceof ShardQLError) {
      report.fail(line.number, errorToWire(decoded));
      continue;
    }
    if (!batch.hasRoomFor(decoded)) {
      report.add(await batch.send(shards, table.typeName));
      batch = new ImportBatch();
    }
    batch.add(decoded, line.number, line.bytes);
  }
  report.add(await batch.send(shards, table.typeName));
  return Response.json(report.build());
}

function findTable(model: Model, name: string | null): TableModel {
  const table = model.tables.find(({ typeName, sqlName }) => typeName === name || sqlName === name);
  if (table) return table;
  const known = model.tables.map(({ sqlName }) => sqlName).join(', ');
  const got = name === null ? 'none' : `"${name}"`;
  throw new ShardQLError('BAD_USER_INPUT', `Expected ?table= to name one of ${known}, but got ${got}.`);
}

function decodeLine(decoder: RowDecoder, line: Line): DecodedRow | ShardQLError {
  if (line.text === null) return unreadable(line);
  try {
    return decoder.decode(line.text);
  } catch (error) {
    if (error instanceof ShardQLError) return error;
    throw error;
  }
}

const unreadable = ({ bytes }: Line): ShardQLError =>
  bytes > MAX_LINE_BYTES
    ? new ShardQLError('VALUE_TOO_LARGE', `Expected a line of at most ${MAX_LINE_BYTES} bytes, but got ${bytes}.`)
    : new ShardQLError('BAD_USER_INPUT', 'Expected a line of UTF-8 text, but got other bytes.');

const emptyBody = (): ReadableStream<Uint8Array> => new Blob([]).stream();
