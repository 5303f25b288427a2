import { describe, expect, it } from 'vitest';
import { isShardFile, parseManifest, toManifestText } from '../../scripts/cli/backup/manifest.ts';
import { manifestOf } from '../support/backup-manifest.ts';

const FILE = 'shard-0-123-0123abcd.sqlite';
const manifest = manifestOf(5, [FILE]);

/** With another value at a path. */
const changed = (path: string, value: unknown): string => {
  const copy = JSON.parse(toManifestText(manifest));
  const names = path.split('.');
  const last = names.pop()!;
  names.reduce((part, name) => part[name], copy)[last] = value;
  return JSON.stringify(copy);
};

describe('a manifest', () => {
  it('is read as it was written', () => {
    expect(parseManifest(toManifestText(manifest), 'm')).toEqual(manifest);
  });

  it.each(['', '{', toManifestText(manifest).slice(0, -20), '[]', 'null', '{}', changed('format', 'other')])(
    'is no other text: %j',
    (text) => {
      expect(() => parseManifest(text, 'dir/m')).toThrow('Expected dir/m to be of a backup, but got other text.');
    },
  );

  it('of another format is refused', () => {
    expect(() => parseManifest(changed('formatVersion', 2), 'm')).toThrow(
      /Expected a backup of format 1, but got 2 in m/,
    );
  });

  it.each([
    ['shards.0.file', '../../etc/shard-0-123-0123abcd.sqlite'],
    ['shards.0.file', '/etc/passwd'],
    ['shards.0.file', '..'],
    ['shards.0.file', 'a\\b-123-0123abcd.sqlite'],
    ['shards.0.file', `${FILE}\n`],
    ['shards.0.file', `${FILE}\0`],
    ['shards.0.sha256', 'A'.repeat(64)],
    ['shards.0.seq', -1],
    ['shards.0.seq', 2 ** 53],
    ['shards.0.identity', null],
    ['shards', []],
    ['shards', { 0: {} }],
    ['shards.0', 'x'],
    ['tables.0.rows', '1'],
    ['tables.0.hash', 'abc'],
    ['version', 1.5],
    ['time', 'yesterday'],
    ['migration', 5],
    ['contentHash', ''],
  ])('is refused that has %s = %j', (path, value) => {
    expect(() => parseManifest(changed(path, value), 'm')).toThrow(
      /Expected m as a backup has written it, but got another value of "/,
    );
  });

  it('is refused after a change of any of its bytes', () => {
    const bytes = Buffer.from(toManifestText(manifest));
    for (const at of bytes.keys()) {
      for (const bit of [1, 4, 32]) {
        const text = Buffer.from(bytes.with(at, bytes[at]! ^ bit)).toString();
        if (text.trim() === bytes.toString().trim()) continue;
        expect(() => parseManifest(text, 'm'), `byte ${at}, bit ${bit}`).toThrow(/^Expected /);
      }
    }
  });

  it('is refused with the files of its shards in each other’s places', () => {
    const copy = JSON.parse(toManifestText(manifestOf(5, [FILE, 'shard-1-123-0123abcd.sqlite'])));
    const [first, second] = copy.shards;
    [first.file, second.file] = [second.file, first.file];
    expect(() => parseManifest(JSON.stringify(copy), 'm')).toThrow(/another value of "checksum"\. Make a new backup/);
  });

  it.each(['shard-0-1-00000000.sqlite', 'eu%2Fwest%20%F0%9F%98%80-1-0123abcd.sqlite', "a.b_c!~*'()-9-ffffffff.sqlite"])(
    'names files of shards, whatever those are called: %s',
    (name) => expect(isShardFile(name)).toBe(true),
  );

  it.each([
    'notes.txt',
    'shard-0.sqlite',
    'mine-1.sqlite',
    'shard-0-1-0123abcd.sqlite.bak',
    'shard-0-1-0123ABCD.sqlite',
  ])('takes no file of somebody else for one of a shard: %s', (name) => expect(isShardFile(name)).toBe(false));
});
