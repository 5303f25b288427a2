import { describe, expect, it } from 'vitest';
import { packParts } from '../../../../src/shards/protocol/backup.ts';
import { decodeImage, encodeImage, type Image, type LoggedValue } from '../../../../src/shards/server/log/row-image.ts';
import { stageRows, takeStagedBack } from '../../../../src/shards/server/recovery/copy/staged-changes.ts';
import { findMissedRow, readCopiedRow } from '../../../../src/shards/server/tables/copied-rows-table.ts';
import type { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { inNewShard } from '../lab-shard.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';

const text = (value: string): LoggedValue => ({ type: 'text', value });
const imageOf = (values: Readonly<Record<string, string>>): Image =>
  new Map(Object.entries(values).map(([name, value]) => [name, text(value)]));
const key = (uid: string) => encodeImage(imageOf({ tenant: 't', node_uid: uid, n: '1' }));
const row = (uid: string, note: string) => encodeImage(imageOf({ tenant: 't', node_uid: uid, n: '1', note }));

/** The key of a row has followed another one from `au` to `av`. */
const moved = packParts([
  JSON.stringify({ table: 'twigs', op: 'update' }),
  key('av'),
  encodeImage(imageOf({ node_uid: 'au' })),
]);

const inLab = (test: (session: SqlSession) => void) =>
  inNewShard(undoLabModel, undoLabBundle, ({ session }) => test(session));

describe('a change of a key that is taken back on rows that were read', () => {
  it.each(['au', 'av'])('finds the row that was read as %s', (uid) =>
    inLab((session) => {
      stageRows(session, 'c', 'twigs', packParts([key(uid), row(uid, 'x')]));
      takeStagedBack(session, 'c', moved);
      expect(decodeImage(readCopiedRow(session, 'c', 'twigs', key('au'))!)).toEqual(decodeImage(row('au', 'x')));
      expect(readCopiedRow(session, 'c', 'twigs', key('av'))).toBeUndefined();
      expect(findMissedRow(session, 'c')).toBeNull();
    }),
  );

  it('finds one row of what was read twice', () =>
    inLab((session) => {
      stageRows(session, 'c', 'twigs', packParts([key('au'), row('au', 'older'), key('av'), row('av', 'newer')]));
      takeStagedBack(session, 'c', moved);
      expect(decodeImage(readCopiedRow(session, 'c', 'twigs', key('au'))!)).toEqual(decodeImage(row('au', 'newer')));
      expect(readCopiedRow(session, 'c', 'twigs', key('av'))).toBeUndefined();
    }));

  it('misses a row that was not read, unless it came since', () =>
    inLab((session) => {
      takeStagedBack(session, 'c', moved);
      expect(findMissedRow(session, 'c')).toBe('twigs');
      takeStagedBack(session, 'c', packParts([JSON.stringify({ table: 'twigs', op: 'insert' }), key('au'), null]));
      expect(findMissedRow(session, 'c')).toBeNull();
    }));
});
