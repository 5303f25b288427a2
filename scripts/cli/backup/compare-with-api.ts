import { ROW_VERSION_COLUMN } from '../../../src/model/types.ts';
import { decodeImage } from '../../../src/shards/server/log/row-image.ts';
import type { ApiClient } from '../api-client.ts';
import { BackupClient } from './backup-client.ts';
import { addContents, ContentSum, NO_CONTENT, toHashText } from './content-hash.ts';
import { toFileValue } from './file-value.ts';
import type { Manifest } from './manifest.ts';

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
  const { shards } = await client.start(scope);
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

async function contentOfRows(rows: AsyncIterable<readonly ArrayBuffer[]>, table: string) {
  const sum = new ContentSum(table);
  let columns: string[] | undefined;
  for await (const images of rows) {
    for (const image of images) {
      const row = decodeImage(image);
      columns ??= [...row.keys()].filter((column) => column !== ROW_VERSION_COLUMN).sort();
      sum.add(
        columns,
        columns.map((column) => toFileValue(row.get(column)!)),
      );
    }
  }
  return sum.content;
}
