import type { ImportClient } from '../import-client.ts';
import { type Reject, RejectFile } from './reject-file.ts';
import { CHUNK_BYTES, CHUNK_LINES, ChunkBuilder, type RowChunk } from './row-chunk.ts';
import { sendChunk } from './send-chunk.ts';
import type { TableFile } from './table-files.ts';
import type { Totals } from './totals.ts';

/** Code of rows whose parent is missing, or comes later. */
export const ORPHAN = 'FOREIGN_KEY_VIOLATION';

/**
 * Sends the rejected rows again that lacked a parent, as long as that gets some of them in: a parent may come after
 * its child in the file, and be a child itself. `onSent` hears what became of rows that have failed before.
 */
export async function retryOrphans(
  client: ImportClient,
  files: readonly TableFile[],
  rejects: RejectFile,
  importId: string | undefined,
  onSent: (file: TableFile, totals: Totals) => void,
): Promise<void> {
  const fileByPath = new Map(files.map((file) => [file.path, file]));
  for (let isProgress = true; isProgress; ) {
    isProgress = false;
    const remaining = new RejectFile(`${rejects.path}.retry`, 0);
    for await (const group of groups(rejects)) {
      const file = fileByPath.get(group[0]!.file);
      if (group[0]!.code !== ORPHAN || !file) {
        await remaining.append(group);
        continue;
      }
      const outcome = await sendChunk(client, file, toChunk(group), importId);
      await remaining.append(outcome.rejects);
      onSent(file, { ...outcome.totals, failed: outcome.totals.failed - group.length });
      isProgress ||= outcome.rejects.length < group.length;
    }
    await rejects.replaceBy(remaining);
  }
}

/** Consecutive rejects of one file, either all orphans or none. */
async function* groups(rejects: RejectFile): AsyncGenerator<readonly Reject[]> {
  let group: Reject[] = [];
  let length = 0;
  for await (const reject of rejects.read()) {
    const first = group[0];
    const fits = first?.file === reject.file && (first.code === ORPHAN) === (reject.code === ORPHAN);
    if (first && (!fits || group.length === CHUNK_LINES || length >= CHUNK_BYTES)) {
      yield group;
      group = [];
      length = 0;
    }
    group.push(reject);
    length += reject.row.length;
  }
  if (group.length > 0) yield group;
}

function toChunk(group: readonly Reject[]): RowChunk {
  const builder = new ChunkBuilder();
  for (const { line, row } of group) builder.add(line, row);
  return [...builder.take()][0]!;
}
