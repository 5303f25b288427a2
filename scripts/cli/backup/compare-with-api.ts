import { ROW_VERSION_COLUMN } from '../../../src/model/types.ts';
import type { ApiClient } from '../api-client.ts';
import { BackupClient, type RowImage } from './backup-client.ts';
import { addContents, ContentSum, NO_CONTENT, toHashText } from './content-hash.ts';
import type { Manifest } from './manifest.ts';
import { PATIENCE_MS } from './patiently.ts';
import { RowDecoder } from './row-decoder.ts';

/**
 * What an API has that is not as in a backup, one line each. Its rows are read as they are: it serves nobody else yet.
 *
 * @param scope of some shard keys: see {@link BackupClient.start}.
 */
export async function compareWithApi(
  api: ApiClient,
  manifest: Manifest,
  scope: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const client = new BackupClient(api);
  // All rows are written: a restart of the API is waited for, as while they were.
  const { shards } = await client.start(scope, PATIENCE_MS);
  const problems: string[] = [];
  for (const { name, rows, hash } of manifest.tables) {
    let content = NO_CONTENT;
    for (const { name: shard, migration, tables, shardKeys } of shards) {
      if (!tables.some((table) => table.name === name)) continue;
      const parts = shardKeys?.map((key) => client.keyRows(shard, name, key, migration));
      for (const rows of parts ?? [client.rows(shard, name, migration)]) {
        content = addContents(content, await contentOfRows(rows, name));
      }
    }
    if (content.rows === rows && toHashText(content) === hash) continue;
    problems.push(`${name}: expected ${rows} rows as in the backup, but got ${content.rows}, or others`);
  }
  return problems;
}

async function contentOfRows(rows: AsyncIterable<readonly RowImage[]>, table: string) {
  const sum = new ContentSum(table);
  const decoder = new RowDecoder();
  let [known, names, order]: [readonly string[], readonly string[], readonly number[]] = [[], [], []];
  for await (const images of rows) {
    for (const image of images) {
      const { columns, values } = decoder.decode(image);
      if (columns !== known) {
        names = columns.filter((column) => column !== ROW_VERSION_COLUMN).sort();
        order = names.map((name) => columns.indexOf(name));
        known = columns;
      }
      sum.add(
        names,
        order.map((at) => values[at]!),
      );
    }
  }
  return sum.content;
}
