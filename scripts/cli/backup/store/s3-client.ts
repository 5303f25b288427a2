import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { backoffMs } from '../../../../src/shards/client/routing/backoff.ts';
import { PRIVATE } from './backup-store.ts';
import { noAnswer, S3Error, toS3Error } from './s3-error.ts';
import { SilenceLimit } from './silence-limit.ts';

export interface S3Options {
  /** Origin of the API. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** Pauses before a request is sent again. */
  readonly pauses?: typeof PAUSES;
  /** For how long nothing of an answer may come, in milliseconds. Default: a minute, in which a part is sent at 1.2 Mbit/s. */
  readonly silenceMs?: number;
}

export interface ListedObject {
  readonly key: string;
  readonly modifiedMs: number;
}

/** An object's bytes, and which ones they are. */
export interface FoundText {
  readonly text: string;
  readonly etag: string;
}

/** A put is refused unless the object is the one with this tag; null: unless there is none. */
type Expected = { readonly etag: string | null };

/** Larger files are sent in parts of this size, each of them in memory. R2 takes 10,000 at most, all but the last of one size, of 5 MiB or more. */
export const PART_BYTES = 8 * 2 ** 20;

const ATTEMPTS = 6;
const SILENCE_MS = 60_000;
const PAUSES = { retryPauseMs: 200, maxRetryPauseMs: 5_000 };
const REGION = 'auto';

interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/**
 * A bucket by the S3 API of R2. Each body is signed with its SHA-256, so that what arrives is what was sent. What may pass by itself is tried
 * again for some seconds: requests without an answer, 5xx, 429.
 */
export class S3Client {
  readonly #options: S3Options;

  constructor(options: S3Options) {
    this.#options = options;
  }

  /** Objects directly below a prefix that ends with a slash, or is empty. */
  async list(prefix: string): Promise<readonly ListedObject[]> {
    const objects: ListedObject[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = { 'list-type': '2', delimiter: '/', 'encoding-type': 'url', prefix };
      const answer = await this.#text({
        method: 'GET',
        key: '',
        query: token === '' ? query : { ...query, 'continuation-token': token },
      });
      for (const [, content] of answer.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = decodeURIComponent(elementIn(content!, 'Key')!.replaceAll('+', ' '));
        objects.push({ key, modifiedMs: Date.parse(elementIn(content!, 'LastModified') ?? '') });
      }
      token = elementIn(answer, 'IsTruncated') === 'true' ? elementIn(answer, 'NextContinuationToken') : undefined;
    }
    return objects;
  }

  /** Null: there is none. */
  async getText(key: string): Promise<FoundText | null> {
    return await this.#ifThere(() =>
      this.#retried({ method: 'GET', key }, async (response) => ({
        text: await response.text(),
        etag: response.headers.get('etag') ?? '',
      })),
    );
  }

  /** Writes an object to a file. False: there is no such object. A download that is cut off goes on where it was. */
  async download(key: string, path: string): Promise<boolean> {
    await using file = await open(path, 'w', PRIVATE);
    let [position, etag]: [number, string | null] = [0, null];
    const rest = (): S3Request => ({
      ...{ method: 'GET', key },
      headers: etag === null ? {} : { range: `bytes=${position}-`, 'if-match': etag },
    });
    const found = await this.#ifThere(() =>
      this.#retried(rest, async (response, limit) => {
        // All of it, whatever was asked for.
        if (response.status !== 206) position = 0;
        etag = response.headers.get('etag');
        for await (const bytes of response.body ?? []) {
          limit.renew();
          position = await write(file, bytes, position);
        }
        return true;
      }),
    );
    return found ?? false;
  }

  /** Gives its tag. Throws {@link S3Error} PreconditionFailed if another object is there than was expected. */
  async putText(key: string, text: string, { etag }: Expected): Promise<string> {
    const request: S3Request = {
      ...{ method: 'PUT', key, body: new TextEncoder().encode(text) },
      headers: etag === null ? { 'if-none-match': '*' } : { 'if-match': etag },
    };
    return await this.#retried(request, async (response) => response.headers.get('etag') ?? '');
  }

  async upload(path: string, key: string): Promise<void> {
    const { size } = await stat(path);
    await using file = await open(path);
    if (size > PART_BYTES) await this.#uploadParts(file, size, key);
    else await this.#text({ method: 'PUT', key, body: await read(file, 0, size) });
  }

  async delete(key: string): Promise<void> {
    await this.#text({ method: 'DELETE', key });
  }

  async #uploadParts(file: FileHandle, size: number, key: string): Promise<void> {
    const begun = await this.#text({ method: 'POST', key, query: { uploads: '' } });
    const uploadId = elementIn(begun, 'UploadId');
    if (uploadId === undefined)
      throw new S3Error('NoUploadId', 200, 'Expected an upload to begin, but got no id of it.');
    try {
      const parts: string[] = [];
      for (let position = 0; position < size; position += PART_BYTES) {
        const body = await read(file, position, Math.min(PART_BYTES, size - position));
        const query = { partNumber: String(parts.length + 1), uploadId };
        const etag = await this.#retried({ method: 'PUT', key, query, body }, async ({ headers }) =>
          headers.get('etag'),
        );
        parts.push(`<Part><PartNumber>${parts.length + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
      }
      const list = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
      const ended = await this.#text({
        method: 'POST',
        key,
        query: { uploadId },
        body: new TextEncoder().encode(list),
      });
      // An answer begins before its outcome is known: it may be a failure with status 200.
      if (elementIn(ended, 'ETag') === undefined) throw toS3Error(200, ended);
    } catch (error) {
      await this.#text({ method: 'DELETE', key, query: { uploadId } }).catch(() => {});
      throw error;
    }
  }

  async #ifThere<Result>(ask: () => Promise<Result>): Promise<Result | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') return null;
      throw error;
    }
  }

  #text(request: S3Request): Promise<string> {
    return this.#retried(request, (response) => response.text());
  }

  /** The answer is read within the attempt: it may be cut off. */
  async #retried<Result>(
    request: S3Request | (() => S3Request),
    readAnswer: (response: Response, limit: SilenceLimit) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      using limit = new SilenceLimit(this.#options.silenceMs ?? SILENCE_MS);
      try {
        const response = await this.#send(typeof request === 'function' ? request() : request, limit.signal);
        limit.renew();
        if (response.ok) return await readAnswer(response, limit);
        throw toS3Error(response.status, await response.text());
      } catch (error) {
        const failure = error instanceof TypeError ? noAnswer(error) : error;
        if (attempt === ATTEMPTS || !(failure instanceof S3Error && failure.mayPass)) throw failure;
      }
      await wait(backoffMs(attempt, this.#options.pauses ?? PAUSES, Math.random()));
    }
  }

  async #send({ method, key, query = {}, headers = {}, body }: S3Request, abort: AbortSignal): Promise<Response> {
    const { endpoint, bucket, accessKeyId, secretAccessKey, sessionToken } = this.#options;
    const url = new URL(`${endpoint}/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const sha256 = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const signer = new AwsV4Signer({
      ...{ url: url.href, method, accessKeyId, secretAccessKey, sessionToken, service: 's3', region: REGION },
      headers: { ...headers, 'x-amz-content-sha256': sha256 },
    });
    const signed = await signer.sign();
    return await fetch(signed.url, { method, headers: signed.headers, body, signal: abort });
  }
}

const elementIn = (xml: string, name: string): string | undefined => {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1];
  return text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
};

async function read(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0)
      throw new S3Error('FileChanged', 0, 'Expected a file that stays as it is, but it became shorter.');
    done += bytesRead;
  }
  return bytes;
}

/** Gives the position behind the bytes. */
async function write(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
  return position + bytes.length;
}
