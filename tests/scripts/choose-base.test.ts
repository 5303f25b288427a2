import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../scripts/cli/api-client.ts';
import type { BackupClient } from '../../scripts/cli/backup/backup-client.ts';
import { chooseBase } from '../../scripts/cli/backup/choose-base.ts';
import type { StartedBackup } from '../../src/shards/protocol/backup.ts';
import { manifestOf } from '../support/backup-manifest.ts';

const before = manifestOf(100, ['shard-0-100-0123abcd.sqlite', 'shard-1-100-0123abcd.sqlite']);

const shardOf = (name: string, identity: string): StartedBackup['shards'][number] => ({
  ...{ name, identity, ranges: [], seq: 9, seqVersion: 90, trimmedVersion: 0, migration: null, tables: [] },
  ...{ shardKeys: null, survey: null },
});
const started: StartedBackup = {
  ...{ version: 200, epoch: before.epoch },
  shards: [shardOf('shard-0', 'identity-0'), shardOf('shard-1', 'identity-1')],
};
const withShard = (values: Partial<StartedBackup['shards'][number]>): StartedBackup => ({
  ...started,
  shards: [started.shards[0]!, { ...started.shards[1]!, ...values }],
});

const clientOf = (check: (shard: string) => void) =>
  ({ check: async (shard: string) => check(shard) }) as unknown as BackupClient;
const goesOn = clientOf(() => {});
const refuses = (code: string) =>
  clientOf((shard) => {
    const body = JSON.stringify({ errors: [{ message: 'Refused.', extensions: { code } }] });
    if (shard === 'shard-1') throw new RefusedError(new URL('http://api'), 409, body);
  });

describe('a backup', () => {
  it('goes on from the one before', async () => {
    expect(await chooseBase(goesOn, before, started, before.schemaHash)).toEqual({ manifest: before });
  });

  it.each([
    ['there is no backup before', null, started, before.schemaHash, goesOn],
    ['a migration has run since the backup before', before, started, 'other', goesOn],
    ['slots were moved since the backup before', before, { ...started, epoch: 2 }, before.schemaHash, goesOn],
    ['the clock was set back since the backup before', before, { ...started, version: 100 }, before.schemaHash, goesOn],
    [
      'shard-7 is new since the backup before',
      before,
      withShard({ name: 'shard-7', identity: 'x' }),
      before.schemaHash,
      goesOn,
    ],
    [
      'the log of shard-1 does not reach back to the backup before',
      before,
      withShard({ trimmedVersion: 101 }),
      before.schemaHash,
      goesOn,
    ],
    ['shard-1 was set back since the backup before', before, started, before.schemaHash, refuses('CONFLICT')],
  ])('copies all rows where %s', async (because, manifest, start, schemaHash, client) => {
    expect(await chooseBase(client, manifest, start, schemaHash)).toEqual({ manifest: null, because });
  });

  it('goes on where just all that it has was trimmed', async () => {
    expect(await chooseBase(goesOn, before, withShard({ trimmedVersion: 100 }), before.schemaHash)).toEqual({
      manifest: before,
    });
  });

  it('never takes the place of one of another installation', async () => {
    const other = {
      ...started,
      shards: started.shards.map((shard) => ({ ...shard, identity: `other-${shard.name}` })),
    };
    await expect(chooseBase(goesOn, before, other, before.schemaHash)).rejects.toThrow(
      /Expected the installation of which/,
    );
  });

  it('does not take a failure for a log that was set back', async () => {
    await expect(chooseBase(refuses('INTERNAL_SERVER_ERROR'), before, started, before.schemaHash)).rejects.toThrow(
      /Refused/,
    );
  });
});
