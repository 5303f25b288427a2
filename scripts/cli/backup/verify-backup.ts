import { addContents, contentHashOf, NO_CONTENT, type TableContent, toHashText } from './content-hash.ts';
import { hashFile } from './hash-file.ts';
import type { BackedUpShard, Manifest } from './manifest.ts';
import { readContents } from './read-contents.ts';
import { requireManifest } from './require-manifest.ts';
import { type BackupStore, MissingFile } from './store/backup-store.ts';
import type { Checked } from './stored-rows.ts';

export interface Verdict {
  readonly manifest: Manifest;
  /** What is wrong, one line each; empty: nothing. */
  readonly problems: readonly string[];
}

type Contents = ReadonlyMap<string, TableContent>;

/** Reads all of a backup, and compares it with its manifest. Throws `CliError` if there is none, or if another one takes its place. */
export async function verifyBackup(store: BackupStore): Promise<Verdict> {
  const manifest = await requireManifest(store);
  const problems: string[] = [];
  const contents: Contents[] = [];
  for (const shard of manifest.shards) {
    // One at a time: from a bucket, each of them is fetched.
    await using files = new AsyncDisposableStack();
    const read = await readShard(store, shard, files, 'ALL');
    problems.push(...read.problems);
    contents.push(read.byTable);
  }
  if (problems.length === 0) problems.push(...compareRows(manifest, contents));
  if (problems.length > 0) await requireManifest(store, manifest);
  return { manifest, problems };
}

/** The same for whoever needs its rows alone, with all files at hand until `files` lets go of them. Paths are in the order of the manifest. */
export async function readBackup(store: BackupStore, manifest: Manifest, files: AsyncDisposableStack) {
  const read = [];
  for (const shard of manifest.shards) read.push(await readShard(store, shard, files, 'ROWS'));
  const problems = read.flatMap((each) => each.problems);
  if (problems.length === 0)
    problems.push(
      ...compareRows(
        manifest,
        read.map(({ byTable }) => byTable),
      ),
    );
  if (problems.length > 0) await requireManifest(store, manifest);
  return { problems, paths: read.map(({ path }) => path) };
}

interface ReadShard {
  readonly path: string;
  readonly byTable: Contents;
  readonly problems: readonly string[];
}

async function readShard(
  store: BackupStore,
  { file, sha256 }: BackedUpShard,
  files: AsyncDisposableStack,
  checked: Checked,
): Promise<ReadShard> {
  const bad = (problem: string): ReadShard => ({ path: '', byTable: new Map(), problems: [`${file}: ${problem}`] });
  try {
    const { path } = files.use(await store.open(file));
    if ((await hashFile(path)) !== sha256) return bad("its checksum differs from the manifest's");
    const { byTable, problems } = readContents(path, checked);
    return { path, byTable, problems: problems.map((problem) => `${file}: ${problem}`) };
  } catch (error) {
    if (error instanceof MissingFile) return bad('is missing');
    throw error;
  }
}

function compareRows({ tables, contentHash }: Manifest, contents: readonly Contents[]): string[] {
  const wrong = tables.flatMap(({ name, rows, hash }) => {
    const content = contents.reduce<TableContent>(
      (sum, byTable) => addContents(sum, byTable.get(name) ?? NO_CONTENT),
      NO_CONTENT,
    );
    return content.rows === rows && toHashText(content) === hash
      ? []
      : [`${name}: expected ${rows} rows as they were, but got ${content.rows}, or others`];
  });
  const known = new Set(tables.map(({ name }) => name));
  const others = new Set(contents.flatMap((byTable) => [...byTable.keys()]).filter((name) => !known.has(name)));
  const isWhole = contentHashOf(tables) === contentHash;
  return [
    ...wrong,
    ...[...others].map((name) => `${name}: expected no table that the manifest does not name, but got one`),
    ...(isWhole ? [] : ['manifest.json: its hashes do not belong together']),
  ];
}
