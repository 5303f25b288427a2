import type { SearchIndex } from '../../../../src/shards/server/search/search-index.ts';
import type { LabShard } from '../lab-shard-class.ts';

/** Everything an index holds: one row per word and place. */
export function contentOf({ sql, session }: LabShard, { name }: SearchIndex): SqlStorageValue[][] {
  sql.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS "${name}_seen" USING fts5vocab("${name}", instance)`);
  const content = session.rows(`SELECT term, doc, col, offset FROM "${name}_seen" ORDER BY 1, 2, 3, 4`);
  sql.exec(`DROP TABLE "${name}_seen"`);
  return content;
}

/** Throws unless the index is sound, and equal to one that is made anew from the rows. */
export function checkIndex(shard: LabShard, index: SearchIndex): void {
  const { name } = index;
  // Rank 1: compare with the rows, too.
  shard.sql.exec(`INSERT INTO "${name}" ("${name}", rank) VALUES ('integrity-check', 1)`);
  const kept = JSON.stringify(contentOf(shard, index));
  shard.sql.exec(`INSERT INTO "${name}" ("${name}") VALUES ('rebuild')`);
  if (JSON.stringify(contentOf(shard, index)) !== kept)
    throw new Error(`Expected ${name} to hold what a new one does.`);
}
