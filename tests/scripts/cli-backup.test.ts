import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBackup } from '../../scripts/cli/backup/make-backup.ts';
import { restoreBackup } from '../../scripts/cli/backup/restore-backup.ts';
import { verifyBackup } from '../../scripts/cli/backup/verify-backup.ts';
import { runScript } from '../support/run-script.ts';
import { type Server, startServer } from '../support/server.ts';

const CONFIG = 'tests/e2e/all-types-worker/wrangler.toml';

let folder: string;
let shop: Server;
const quiet = { note: () => {}, full: false, resume: false };
const of = (server: Server) => ({ ...quiet, url: server.origin });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shardql-backup-'));
  shop = await startServer({ shards: 3, demo: true });
});
afterAll(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('backup', () => {
  it('writes sound files of all rows, which any SQLite opens', async () => {
    const dir = join(folder, 'full');
    const { manifest, basedOn } = await makeBackup(dir, of(shop));
    expect(basedOn).toBeNull();
    console.log(manifest);
    expect((await verifyBackup(dir)).problems).toEqual([]);
  });
});
