/** Triggers that migrations have made of their own, on rows that go back. */
import { describe, expect, it } from 'vitest';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { answerAsOf } from '../../../../src/shards/server/recovery/as-of.ts';
import { beginRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { keyOf } from './tenant-history.ts';

const KEY = keyOf('t');
const TRIGGER = `CREATE TRIGGER mark_rows AFTER INSERT ON nodes BEGIN
  UPDATE nodes SET label = NEW.label || '!', _version = (SELECT version FROM _clock) WHERE tenant = NEW.tenant AND id = NEW.id;
END`;

const [made] = undoLabBundle.migrations;
const bundle = { ...undoLabBundle, migrations: [{ ...made!, statements: [...made!.statements, TRIGGER] }] };

const triggersOf = (shard: LabShard) =>
  shard.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid");

const create = (shard: LabShard, id: string) => {
  const values = { tenant: 't', id, label: 'red' };
  const answer = shard.write(KEY, [{ kind: 'create', table: 'Branch', values, select: null }]);
  if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
  return answer.version;
};

const deleted = (shard: LabShard, id: string) => {
  const key = { columns: ['tenant', 'id'], values: ['t', id] };
  const answer = shard.write(KEY, [
    { kind: 'delete', table: 'Branch', key, within: null, expectedVersion: null, select: null },
  ]);
  expect(answer.status).toBe('OK');
};

const labelsOf = (shard: LabShard) => shard.rows('SELECT id, label FROM nodes ORDER BY id');

/** The row as of a version, as it is answered. */
function read(shard: LabShard, asOf: number, id: string): string {
  const plan = nodeOf({ table: 'Branch', match: ['tenant', 'id'], columns: ['label'] });
  const call = { plan: JSON.stringify(plan), values: [], keys: [['t', id]], shardKeys: [KEY] };
  return answerAsOf(shard.state, shard.session, {
    ...{ protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, asOf, calls: [call] },
  });
}

describe('a trigger of a migration', () => {
  it('does not fire on rows that a restore brings back, and fires again afterwards', async () => {
    await inNewShard(undoLabModel, bundle, (shard) => {
      const triggers = triggersOf(shard);
      const target = create(shard, 'a');
      expect(labelsOf(shard)).toEqual([['a', 'red!']]);
      deleted(shard, 'a');
      beginRestore(shard.state, shard.session, { id: 'r', shardKeys: [KEY], target, undoes: null }, 1);
      while (stepRestore(shard.state, shard.session));
      expect(labelsOf(shard)).toEqual([['a', 'red!']]);
      create(shard, 'b');
      expect(labelsOf(shard)).toEqual([
        ['a', 'red!'],
        ['b', 'red!'],
      ]);
      // The log's fire first.
      expect(triggersOf(shard)).toEqual(triggers);
      expect(shard.rows('SELECT op FROM _log ORDER BY seq DESC LIMIT 2')).toEqual([['update'], ['insert']]);
    });
  });

  it('does not fire on rows that are read as of a moment', async () => {
    await inNewShard(undoLabModel, bundle, (shard) => {
      const triggers = triggersOf(shard);
      const version = create(shard, 'a');
      deleted(shard, 'a');
      expect(read(shard, version, 'a')).toContain('"red!"');
      expect(labelsOf(shard)).toEqual([]);
      create(shard, 'b');
      expect(labelsOf(shard)).toEqual([['b', 'red!']]);
      expect(triggersOf(shard)).toEqual(triggers);
    });
  });
});

describe('a trigger that was created by hand', () => {
  it('fires after those of the log and of full-text indexes from the next start on, and indexes are made again', async () => {
    await inNewShard(undoLabModel, undoLabBundle, async (shard) => {
      shard.sql.exec(TRIGGER);
      const restarted = new Migrator(shard.state.storage, undoLabModel, undoLabBundle, Date.now);
      expect(await restarted.migrate()).toBeNull();
      // Else the index would be told to forget a row that it does not have yet: SQLITE_CORRUPT_VTAB.
      create(shard, 'b');
      expect(labelsOf(shard)).toEqual([['b', 'red!']]);
      expect(shard.rows('SELECT op FROM _log ORDER BY seq')).toEqual([['insert'], ['update']]);
      for (const index of searchIndexes(undoLabModel)) checkIndex(shard, index);
      const triggers = triggersOf(shard);
      expect(await new Migrator(shard.state.storage, undoLabModel, undoLabBundle, Date.now).migrate()).toBeNull();
      expect(triggersOf(shard)).toEqual(triggers);
    });
  });
});
