import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackupStore, type BackupWriter, MissingFile } from '../../scripts/cli/backup/store/backup-store.ts';
import { FolderStore } from '../../scripts/cli/backup/store/folder-store.ts';
import { parseR2Address } from '../../scripts/cli/backup/store/r2-address.ts';
import { R2Store } from '../../scripts/cli/backup/store/r2-store.ts';
import { manifestOf } from '../support/backup-manifest.ts';
import { R2Server } from '../support/r2/r2-server.ts';
import { Workplace } from './run-cli.ts';

let place: Workplace;
let r2: R2Server;
beforeAll(async () => {
  place = new Workplace();
  r2 = await new R2Server().start();
});
afterAll(async () => {
  await r2?.stop();
  place.remove();
});

const PAUSES = { retryPauseMs: 1, maxRetryPauseMs: 2 };
const r2Store = (prefix: string, env: Record<string, string> = {}): BackupStore => {
  const address = `r2://backups/${prefix}`;
  return new R2Store(address, { ...parseR2Address(address, { ...r2.env, ...env }), pauses: PAUSES });
};

interface Place {
  readonly store: BackupStore;
  names(): string[];
  put(name: string): void;
}

const PLACES: Readonly<Record<string, (name: string) => Place>> = {
  folder: (name) => {
    const folder = join(place.folder, name);
    return {
      store: new FolderStore(folder),
      names: () =>
        readdirSync(folder)
          .filter((file) => file !== '.backup.lock')
          .sort(),
      put: (file) => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, file), 'mine');
      },
    };
  },
  bucket: (name) => ({
    store: r2Store(name),
    names: () => r2.keys().flatMap((key) => (key.startsWith(`${name}/`) ? [key.slice(name.length + 1)] : [])),
    put: (file) =>
      r2.objects.set(`${name}/${file}`, { bytes: Buffer.from('mine'), etag: '"x"', modifiedMs: Date.now() }),
  }),
};

const fileOf = (version: number): string => `shard-0-${version}-0123abcd.sqlite`;

/** Makes a backup with one file, which holds its version, after that of the backup before. */
async function make(writer: BackupWriter, version: number): Promise<void> {
  const path = await writer.create(fileOf(version), writer.before?.shards[0]?.file ?? null);
  writeFileSync(path, `${version};`, { flag: 'a' });
  await writer.keep(fileOf(version));
  await writer.finish(manifestOf(version, [fileOf(version)]));
}

async function contentOf(store: BackupStore, file: string): Promise<string> {
  await using local = await store.open(file);
  return readFileSync(local.path, 'utf8');
}

describe.each(Object.entries(PLACES))('a backup in a %s', (kind, placeOf) => {
  it('takes the place of the one before once it is complete', async () => {
    const { store, names } = placeOf('follows');
    expect(await store.readManifest()).toBeNull();
    await store.replace((writer) => make(writer, 1));
    await store.replace(async (writer) => {
      expect(writer.before?.version).toBe(1);
      await writer.create(fileOf(2), fileOf(1));
      expect((await store.readManifest())?.version).toBe(1);
      expect(await contentOf(store, fileOf(1))).toBe('1;');
      await writer.create(fileOf(3), null);
      await writer.keep(fileOf(2));
      await writer.keep(fileOf(3));
      await writer.finish(manifestOf(3, [fileOf(2), fileOf(3)]));
    });
    expect(names()).toEqual(['manifest.json', fileOf(2), fileOf(3)]);
    expect(await contentOf(store, fileOf(2))).toBe('1;');
    expect(await contentOf(store, fileOf(3))).toBe('');
    await expect(store.open(fileOf(1))).rejects.toThrow(MissingFile);
  });

  it('that fails leaves the one before, and nothing else', async () => {
    const { store, names } = placeOf('fails');
    await store.replace((writer) => make(writer, 1));
    const failed = store.replace(async (writer) => {
      await writer.create(fileOf(2), fileOf(1));
      await writer.keep(fileOf(2));
      await writer.create(fileOf(3), null);
      throw new Error('no more');
    });
    await expect(failed).rejects.toThrow('no more');
    expect(names()).toEqual(['manifest.json', fileOf(1)]);
    expect((await store.readManifest())?.version).toBe(1);
    expect(await contentOf(store, fileOf(1))).toBe('1;');
  });

  it('is not mixed with another one that is made at the same time', async () => {
    const { store, names } = placeOf('both');
    await store.replace((writer) => make(writer, 1));
    const slow = store.replace(async (writer) => {
      await writer.create(fileOf(3), fileOf(1));
      await writer.keep(fileOf(3));
      const other = store.replace((second) => make(second, 2));
      if (kind === 'folder')
        await expect(other).rejects.toThrow(/Expected a folder in which no other backup is being made/);
      else await other;
      await writer.finish(manifestOf(3, [fileOf(3)]));
    });
    if (kind === 'folder') await slow;
    else await expect(slow).rejects.toThrow(/Expected the backup before to stay until this one has ended/);
    const version = kind === 'folder' ? 3 : 2;
    expect((await store.readManifest())?.version).toBe(version);
    expect(names()).toEqual(['manifest.json', fileOf(version)]);
    expect(await contentOf(store, fileOf(version))).toBe(kind === 'folder' ? '1;' : '1;2;');
  });

  it('is made nowhere where something else is', async () => {
    const { store, names, put } = placeOf('others');
    put('notes.txt');
    await expect(store.replace((writer) => make(writer, 1))).rejects.toThrow(
      /is empty or has a backup, but found notes.txt/,
    );
    expect(names()).toEqual(['notes.txt']);
  });
});

describe('a backup in a folder', () => {
  it('is for its owner alone, follows no link, and begins after one that was cut off', async () => {
    const { store, put, names } = PLACES.folder!('private');
    put(fileOf(7));
    put(`${fileOf(8)}.part-journal`);
    put('manifest.json.part');
    const victim = place.write('victim', 'precious');
    symlinkSync(victim, join(store.address, `${fileOf(1)}.part`));
    await store.replace((writer) => make(writer, 1));
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    chmodSync(join(store.address, fileOf(1)), 0o644);
    await store.replace((writer) => make(writer, 2));
    expect(names()).toEqual(['manifest.json', fileOf(2)]);
    for (const name of names()) expect(statSync(join(store.address, name)).mode & 0o077).toBe(0);
  });

  it('is made once a lock file that is none is gone, and says so', async () => {
    const { store, put } = PLACES.folder!('lock');
    put('.backup.lock');
    writeFileSync(join(store.address, '.backup.lock'), 'no database, '.repeat(100));
    await expect(store.replace((writer) => make(writer, 1))).rejects.toThrow(
      /^Expected a lock file that SQLite has made, or none, but got .*\.backup\.lock: file is not a database\. Remove it\.$/,
    );
    rmSync(join(store.address, '.backup.lock'));
    await store.replace((writer) => make(writer, 1));
  });

  it('is refused where a file is', async () => {
    const path = place.write('file', '');
    await expect(new FolderStore(path).replace((writer) => make(writer, 1))).rejects.toMatchObject({
      code: 'ENOTDIR',
      path,
    });
  });
});

describe('a backup in a bucket', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('that is read leaves nothing on this machine after %s', async (signal) => {
    const { store } = PLACES.bucket!(`read-${signal}`);
    await store.replace((writer) => make(writer, 1));
    const temporary = join(place.folder, `tmp-${signal}`);
    mkdirSync(temporary);
    let end = () => {};
    r2.fault = ({ key }) => {
      if (!key.endsWith('.sqlite')) return 'none';
      expect(readdirSync(temporary)).toHaveLength(1);
      end();
      return 'silent';
    };
    const env = { ...r2.env, TMPDIR: temporary };
    const ended = await place.run(
      ['backup', 'verify', store.address],
      (child) => (end = () => child.kill(signal)),
      env,
    );
    r2.fault = () => 'none';
    expect([ended.code, ended.stdout]).toEqual([null, '']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('leaves what another process may still be making, and removes it a week later', async () => {
    const { store, put, names } = PLACES.bucket!('weeks');
    put(fileOf(7));
    await store.replace((writer) => make(writer, 1));
    expect(names()).toEqual(['manifest.json', fileOf(1), fileOf(7)]);
    r2.objects.get(`weeks/${fileOf(7)}`)!.modifiedMs -= 8 * 24 * 3_600_000;
    await store.replace((writer) => make(writer, 2));
    expect(names()).toEqual(['manifest.json', fileOf(2)]);
  });

  it('is complete if the answer to its manifest is lost', async () => {
    const { store, names } = PLACES.bucket!('lost');
    await store.replace((writer) => make(writer, 1));
    let lost = 0;
    r2.fault = ({ method, key }) =>
      method === 'PUT' && key.endsWith('manifest.json') && lost++ === 0 ? 'lost' : 'none';
    await store.replace((writer) => make(writer, 2));
    r2.fault = () => 'none';
    expect(names()).toEqual(['manifest.json', fileOf(2)]);
  });

  it.each([
    [
      'a bucket that is not there',
      {},
      'other',
      /Expected a bucket "other" in R2, but found none. Make it: npx wrangler r2 bucket create other/,
    ],
    [
      'an unknown key',
      { AWS_ACCESS_KEY_ID: 'AKIDOTHER' },
      'backups',
      /Expected credentials that .* but R2 refused them \(InvalidAccessKeyId\)/,
    ],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'x' }, 'backups', /but R2 refused them \(SignatureDoesNotMatch\)/],
    [
      'no answer',
      { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:59999' },
      'backups',
      /Expected answers of R2, but got none: .*ECONNREFUSED/,
    ],
  ])('tells of %s', async (_, env, bucket, message) => {
    const address = `r2://${bucket}/x`;
    const store = new R2Store(address, { ...parseR2Address(address, { ...r2.env, ...env }), pauses: PAUSES });
    await expect(store.readManifest()).rejects.toThrow(message);
    await expect(store.replace((writer) => make(writer, 1))).rejects.toThrow(message);
  });

  it.each([
    ['r2://', {}, /Expected r2:\/\/<bucket>\/<prefix>/],
    ['r2://Bucket/x', {}, /Expected r2:\/\/<bucket>\/<prefix>/],
    ['r2://bucket//x', {}, /Expected a prefix without empty parts/],
    ['r2://bucket/../x', {}, /Expected a prefix without empty parts/],
    ['r2://bucket/x', { AWS_ACCESS_KEY_ID: '' }, /Expected AWS_ACCESS_KEY_ID in the environment/],
    ['r2://bucket/x', { AWS_ENDPOINT_URL_S3: '' }, /Expected CLOUDFLARE_ACCOUNT_ID in the environment/],
    [
      'r2://bucket/x',
      { AWS_ENDPOINT_URL_S3: 'http://r2.example.com' },
      /Expected AWS_ENDPOINT_URL_S3 to be an https address/,
    ],
  ])('is not at %s with %j', (address, env, message) => {
    expect(() => parseR2Address(address, { ...r2.env, ...env })).toThrow(message);
  });

  it.each([
    ['r2://bucket', { prefix: '', endpoint: 'https://abc.r2.cloudflarestorage.com' }],
    ['r2://bucket/daily/shop/', { prefix: 'daily/shop/' }],
  ])('is at %s', (address, expected) => {
    const env = { ...r2.env, AWS_ENDPOINT_URL_S3: '', CLOUDFLARE_ACCOUNT_ID: 'abc' };
    expect(parseR2Address(address, env)).toMatchObject({ bucket: 'bucket', ...expected });
  });
});
