import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseR2Address } from '../../scripts/cli/backup/store/r2-address.ts';
import { PART_BYTES, S3Client } from '../../scripts/cli/backup/store/s3-client.ts';
import { type Fault, type R2Request, R2Server } from '../support/r2/r2-server.ts';
import { Workplace } from './run-cli.ts';

let place: Workplace;
let r2: R2Server;
let client: S3Client;
beforeAll(async () => {
  place = new Workplace();
  r2 = await new R2Server().start();
  const pauses = { retryPauseMs: 1, maxRetryPauseMs: 2 };
  client = new S3Client({ ...parseR2Address('r2://backups/x', r2.env), pauses });
});
afterAll(async () => {
  await r2?.stop();
  place.remove();
});
beforeEach(() => {
  r2.objects.clear();
  r2.fault = () => 'none';
});

/** The first so many requests that match have the fault. */
const first = (count: number, fault: Fault, matches: (request: R2Request) => boolean) => {
  let left = count;
  r2.fault = (request) => (matches(request) && left-- > 0 ? fault : 'none');
};

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(place.folder, name);
  writeFileSync(path, bytes);
  return path;
};

const random = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
};

const isPart = ({ query }: R2Request): boolean => query.has('partNumber');

describe('a bucket', () => {
  it.each([0, 1, PART_BYTES, PART_BYTES + 1])('takes and gives back a file of %i bytes', async (length) => {
    const bytes = random(length);
    await client.upload(file('up', bytes), "odd/ke y%2F!'()*~.sqlite");
    expect(await client.download("odd/ke y%2F!'()*~.sqlite", join(place.folder, 'down'))).toBe(true);
    expect(readFileSync(join(place.folder, 'down')).equals(bytes)).toBe(true);
    expect(r2.uploads.size).toBe(0);
  });

  it('lists what is directly below a prefix, page by page', async () => {
    const names = ['a', 'b c', 'd%2F', 'e', 'f&<g>', 'h', 'i'];
    for (const name of names) await client.putText(`p/${name}`, name, { etag: null });
    await client.putText('p/deeper/x', 'x', { etag: null });
    await client.putText('other', 'x', { etag: null });
    expect((await client.list('p/')).map(({ key }) => key)).toEqual(names.map((name) => `p/${name}`));
    expect(await client.list('none/')).toEqual([]);
  });

  it('tells which object is replaced', async () => {
    const etag = await client.putText('k', 'one', { etag: null });
    await expect(client.putText('k', 'two', { etag: null })).rejects.toMatchObject({ code: 'PreconditionFailed' });
    await client.putText('k', 'two', { etag });
    await expect(client.putText('k', 'three', { etag })).rejects.toMatchObject({ code: 'PreconditionFailed' });
    expect(await client.getText('k')).toMatchObject({ text: 'two' });
    await client.delete('k');
    expect(await client.getText('k')).toBeNull();
    expect(await client.download('k', join(place.folder, 'none'))).toBe(false);
  });

  it.each<Fault>(['unavailable', 'cut', 'lost', 'damaged'])('is asked again after %s requests', async (fault) => {
    const bytes = random(PART_BYTES + 10);
    const path = file('up', bytes);
    for (const matches of [isPart, ({ method }: R2Request) => method === 'GET']) {
      first(3, fault, matches);
      await client.upload(path, 'k');
      if (fault !== 'damaged') expect(await client.download('k', join(place.folder, 'down'))).toBe(true);
    }
    expect(r2.objects.get('k')!.bytes.equals(bytes)).toBe(true);
    if (fault !== 'damaged') expect(readFileSync(join(place.folder, 'down')).equals(bytes)).toBe(true);
  });

  it.each<Fault>(['silent', 'stalled'])('is not waited for for ever once it is %s', async (fault) => {
    const pauses = { retryPauseMs: 1, maxRetryPauseMs: 2 };
    const patient = new S3Client({ ...parseR2Address('r2://backups/x', r2.env), pauses, silenceMs: 2_000 });
    const bytes = random(100_000);
    await patient.upload(file('up', bytes), 'k');
    first(1, fault, () => true);
    expect(await patient.download('k', join(place.folder, 'down'))).toBe(true);
    expect(readFileSync(join(place.folder, 'down')).equals(bytes)).toBe(true);
    const hasty = new S3Client({ ...parseR2Address('r2://backups/x', r2.env), pauses, silenceMs: 20 });
    first(100, fault, () => true);
    await expect(hasty.getText('k')).rejects.toMatchObject({ code: 'NoAnswer', message: 'nothing has come for 20 ms' });
  });

  it('gets no half of an upload that goes on failing', async () => {
    r2.fault = ({ query }) => (query.get('partNumber') === '2' ? 'lost' : 'none');
    await expect(client.upload(file('up', random(PART_BYTES + 10)), 'half')).rejects.toMatchObject({
      code: 'NoAnswer',
    });
    expect([r2.keys(), r2.uploads.size]).toEqual([[], 0]);
  });

  it('does not mix two objects in one download', async () => {
    const path = join(place.folder, 'down');
    await client.upload(file('up', random(1_000)), 'k');
    let asked = 0;
    r2.fault = ({ method }) => {
      if (method === 'GET' && asked++ > 0) r2.objects.set('k', { ...r2.objects.get('k')!, etag: '"another"' });
      return asked === 1 ? 'cut' : 'none';
    };
    await expect(client.download('k', path)).rejects.toMatchObject({ code: 'PreconditionFailed' });
  });
});
