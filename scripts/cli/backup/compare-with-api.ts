import { ROW_VERSION_COLUMN } from '../../../src/model/types.ts';
import { decodeImage } from '../../../src/shards/server/log/row-image.ts';
import type { ApiClient } from '../api-client.ts';
import { BackupClient } from './backup-client.ts';
import { addContents, ContentSum, NO_CONTENT, toHashText } from './content-hash.ts';
import { toFileValue } from './file-value.ts';
import type { Manifest } from './manifest.ts';

/** What an API has that is not as in a backup, one line each. Its rows are read as they are: it serves nobody else yet. */
export async function compareWithApi(api: ApiClient, manifest: Manifest): Promise<string[]> {
  const client = new BackupClient(api);
  const { shards } = await client.start();
  const problems: string[] = [];
  for (const { name, rows, hash } of manifest.tables) {
    let content = NO_CONTENT;
    for (const { name: shard, migration, tables } of shards) {
      if (!tables.some((table) => table.name === name)) continue;
      content = addContents(content, await contentInShard(client, shard, name, migration));
    }
    if (content.rows === rows && toHashText(content) === hash) continue;
    problems.push(`${name}: expected ${rows} rows as in the backup, but got ${content.rows}, or others`);
  }
  return problems;
}

async function contentInShard(client: BackupClient, shard: string, table: string, migration: string | null) {
  const sum = new ContentSum(table);
  let columns: string[] | undefined;
  for await (const images of client.rows(shard, table, migration)) {
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
