import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusedError, UnreachableError } from '../../../scripts/cli/api-client.ts';
import { BackupClient } from '../../../scripts/cli/backup/backup-client.ts';
import { replaceBackup } from '../../../scripts/cli/backup/make-backup.ts';
import type { Manifest } from '../../../scripts/cli/backup/manifest.ts';
import { FolderStore } from '../../../scripts/cli/backup/store/folder-store.ts';
import { verifyBackup } from '../../../scripts/cli/backup/verify-backup.ts';
import { Workplace } from '../../scripts/run-cli.ts';
import { FIRST_ROWS, statements } from '../../shards/server/undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../../shards/server/undo/undo-lab.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { LivingShard, readRows } from './living-shard.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const VERSION = '(SELECT version FROM _clock)';
const uid = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('u', 'v')).map((parts) => parts.join(''));

/** Rows whose keys change with the row that they refer to, and values of all kinds. */
const odd = fc.oneof(
  fc.tuple(uid, fc.constantFrom(1, 2)).map((values) => ({
    sql: `INSERT INTO twigs (tenant, node_uid, n, _version) VALUES ('t', ?, ?, ${VERSION})`,
    values,
  })),
  uid.map((key) => ({
    sql: `UPDATE twigs SET note = note || 'x', _version = ${VERSION} WHERE node_uid > ?`,
    values: [key],
  })),
  uid.map((key) => ({ sql: 'DELETE FROM twigs WHERE node_uid > ?', values: [key] })),
  fc
    .tuple(
      fc.constantFrom(0.1, -0, 1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53),
      fc.constantFrom(new Uint8Array(), new Uint8Array([0, 58, 255]), new Uint8Array(3_000), null),
      fc.constantFrom('nul\0nul', "quo'te", 'ü💚\u{fffd}', '1:n0:', ''),
      fc.constantFrom('9223372036854775807', '-9223372036854775808', '9007199254740993', null),
      fc.constantFrom('a', 'b', 'c'),
    )
    .map((values) => ({
      sql: `UPDATE nodes SET amount = ?, data = ?, label = ?, slot = CAST(? AS INTEGER), _version = ${VERSION} WHERE id = ?`,
      values,
    })),
);
/** Twigs of the first rows, whose keys follow. */
const FIRST_TWIGS = ['au', 'bu', 'dv'].map((key) => ({
  sql: `INSERT INTO twigs (tenant, node_uid, n, _version) VALUES ('t', ?, 1, ${VERSION})`,
  values: [key],
}));
const renamed = fc.tuple(fc.constantFrom('u', 'v'), fc.constantFrom('a', 'b', 'd')).map((values) => ({
  sql: `UPDATE nodes SET uid = id || ?, _version = ${VERSION} WHERE id = ?`,
  values,
}));
const commits = fc.array(
  fc
    .tuple(statements, fc.array(fc.oneof(odd, renamed), { maxLength: 3 }))
    .map(([usual, others]) => [...usual, ...others]),
  { minLength: 3, maxLength: 12, size: 'max' },
);
const rounds = fc.array(fc.record({ before: commits, meanwhile: commits, full: fc.boolean() }), {
  minLength: 2,
  maxLength: 4,
});
const limits = fc.record({
  rows: fc.constantFrom(1, 2, 100),
  changes: fc.constantFrom(1, 3, 100),
  bytes: fc.constantFrom(1, 200, 1e6),
});

const contentsOf = (folder: string, { shards: [shard] }: Manifest) => {
  using database = new DatabaseSync(join(folder, shard!.file), { readOnly: true });
  return readRows(undoLabModel, (sql) =>
    database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)),
  );
};

const runs = propertyRuns(20);

describe('backups in rounds', () => {
  it(`hold what was there at their moment, over every page and every change (${describeRuns(runs)})`, async () => {
    let count = 0;
    const property = fc.asyncProperty(rounds, limits, async (history, pages) => {
      const shard = await LivingShard.open(undoLabModel, undoLabBundle, pages);
      shard.commit([...FIRST_ROWS, ...FIRST_TWIGS]);
      const folder = join(place.folder, String(count++));
      const store = new FolderStore(folder);
      for (const { before, meanwhile, full } of history) {
        for (const commit of before) shard.commit(commit);
        const left = [...meanwhile];
        shard.meanwhile = () => {
          const commit = left.shift();
          if (commit !== undefined) shard.commit(commit);
        };
        const isFirst = (await store.readManifest()) === null;
        // Versions of commits may be ahead of the clock: the moment has to be after the backup before.
        await new Promise((resolve) => setTimeout(resolve, 2));
        const { manifest, basedOn } = await replaceBackup(store, new BackupClient(shard.api), { full, note: () => {} });
        expect(basedOn === null).toBe(isFirst || full);
        expect(contentsOf(folder, manifest)).toEqual(shard.at(manifest.version));
        expect((await verifyBackup(store)).problems).toEqual([]);
      }
      rmSync(folder, { recursive: true });
    });
    // Without a smaller example: histories are long, and to look for one takes minutes.
    await fc.assert(property, { ...runs, endOnFailure: true });
  });

  it('go on where requests get no answer for a while', async () => {
    const shard = await LivingShard.open(undoLabModel, undoLabBundle, { rows: 1, changes: 1, bytes: 1 });
    for (const commit of fc.sample(commits, { seed: 5, numRuns: 3 }).flat()) shard.commit(commit);
    let asked = 0;
    shard.meanwhile = () => {
      if (asked++ % 3 < 2) throw new UnreachableError('The shard starts anew.', true);
    };
    const store = new FolderStore(join(place.folder, 'patient'));
    const { manifest } = await replaceBackup(store, new BackupClient(shard.api), { full: false, note: () => {} });
    expect(contentsOf(store.address, manifest)).toEqual(shard.at(manifest.version));
    shard.meanwhile = () => {
      throw new RefusedError(
        new URL('http://api'),
        401,
        '{"errors":[{"message":"No.","extensions":{"code":"UNAUTHENTICATED"}}]}',
      );
    };
    const refused = replaceBackup(store, new BackupClient(shard.api), { full: true, note: () => {} });
    await expect(refused).rejects.toThrow(/UNAUTHENTICATED/);
    expect((await verifyBackup(store)).problems).toEqual([]);
  });
});
