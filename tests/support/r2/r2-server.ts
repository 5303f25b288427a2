/** The part of R2's S3 API that backups use, in memory, as strict as R2 is about signatures, parts and conditions. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureProblem } from './signature.ts';

const KEYS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a/secret+key' };
const MIN_PART_BYTES = 5 * 2 ** 20;
const PAGE_KEYS = 3;

interface StoredObject {
  bytes: Buffer;
  readonly etag: string;
  modifiedMs: number;
}

/** What a test may do with a request before it is answered. */
export type Fault = 'none' | 'unavailable' | 'cut' | 'lost' | 'damaged' | 'silent' | 'stalled';

export interface R2Request {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export class R2Server {
  readonly bucket = 'backups';
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Asked for each request: `cut` ends the answer in its middle, `lost` carries the request out and gives no answer, `damaged` changes a byte of the request's body, `silent` gives no answer and no end, `stalled` a part of one. */
  fault: (request: R2Request) => Fault = () => 'none';
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What a user has in the environment. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    };
  }

  keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let body = Buffer.concat(chunks);
    const { pathname, searchParams: query } = new URL(request.url!, 'http://host');
    const [bucket, ...parts] = pathname.slice(1).split('/').map(decodeURIComponent);
    const asked: R2Request = { method: request.method!, key: parts.join('/'), query };
    const fault = this.fault(asked);
    if (fault === 'damaged') body = Buffer.from(body.with(0, body[0]! ^ 1));
    const answer = fault === 'unavailable' ? refusal(503, 'SlowDown') : this.#answer(request, asked, bucket!, body);
    if (fault === 'lost') return void response.destroy();
    if (fault === 'silent') return;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    if (fault === 'stalled') return void response.write(answer.body.subarray(0, answer.body.length >> 1));
    if (fault !== 'cut') return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
  }

  #answer(request: IncomingMessage, asked: R2Request, bucket: string, body: Buffer): Answer {
    const problem = signatureProblem(request, body, KEYS);
    if (problem !== null) return refusal(problem === 'XAmzContentSHA256Mismatch' ? 400 : 403, problem);
    if (bucket !== this.bucket) return refusal(404, 'NoSuchBucket');
    const { method, key, query } = asked;
    const uploadId = query.get('uploadId');
    if (method === 'GET' && key === '') return this.#list(query);
    if (method === 'GET') return this.#get(request, key);
    if (method === 'PUT' && uploadId !== null) return this.#putPart(uploadId, Number(query.get('partNumber')), body);
    if (method === 'PUT') return this.#put(request, key, body);
    if (method === 'POST' && uploadId !== null) return this.#complete(uploadId, key, body.toString());
    if (method === 'POST') return this.#begin();
    if (uploadId === null) this.objects.delete(key);
    else this.uploads.delete(uploadId);
    return { status: 204, body: Buffer.alloc(0) };
  }

  #list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const found = this.keys().filter(
      (key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/') && key > after,
    );
    const page = found.slice(0, PAGE_KEYS);
    const contents = page.map((key) => {
      const modified = new Date(this.objects.get(key)!.modifiedMs).toISOString();
      return `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${modified}</LastModified></Contents>`;
    });
    const isTruncated = found.length > page.length;
    const next = isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : '';
    return xml(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  #get({ headers }: IncomingMessage, key: string): Answer {
    const object = this.objects.get(key);
    if (object === undefined) return refusal(404, 'NoSuchKey');
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag)
      return refusal(412, 'PreconditionFailed');
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? Number.NaN);
    if (Number.isNaN(from)) return { status: 200, headers: { etag: object.etag }, body: object.bytes };
    if (from >= object.bytes.length) return refusal(416, 'InvalidRange');
    return { status: 206, headers: { etag: object.etag }, body: object.bytes.subarray(from) };
  }

  #put({ headers }: IncomingMessage, key: string, bytes: Buffer): Answer {
    const now = this.objects.get(key);
    if (headers['if-none-match'] === '*' && now !== undefined) return refusal(412, 'PreconditionFailed');
    if (headers['if-match'] !== undefined && headers['if-match'] !== now?.etag)
      return refusal(412, 'PreconditionFailed');
    return this.#store(key, bytes);
  }

  #store(key: string, bytes: Buffer): Answer {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.objects.set(key, { bytes, etag, modifiedMs: Date.now() });
    return {
      status: 200,
      headers: { etag },
      body: Buffer.from(
        `<CompleteMultipartUploadResult><ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`,
      ),
    };
  }

  #begin(): Answer {
    const id = `${randomUUID()}&<>`;
    this.uploads.set(id, new Map());
    return xml(`<InitiateMultipartUploadResult><UploadId>${escapeXml(id)}</UploadId></InitiateMultipartUploadResult>`);
  }

  #putPart(uploadId: string, number: number, bytes: Buffer): Answer {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) return refusal(404, 'NoSuchUpload');
    upload.set(number, bytes);
    return { status: 200, headers: { etag: tagOfPart(bytes) }, body: Buffer.alloc(0) };
  }

  #complete(uploadId: string, key: string, list: string): Answer {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) return refusal(404, 'NoSuchUpload');
    const named = [...list.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/g)].map(([, number, etag]) => ({
      bytes: upload.get(Number(number)),
      etag,
    }));
    if (named.some(({ bytes, etag }) => bytes === undefined || tagOfPart(bytes) !== etag))
      return refusal(400, 'InvalidPart');
    const parts = named.map(({ bytes }) => bytes!);
    const isEven = parts.slice(0, -1).every(({ length }) => length === parts[0]!.length && length >= MIN_PART_BYTES);
    if (!isEven) return refusal(400, 'EntityTooSmall');
    this.uploads.delete(uploadId);
    return this.#store(key, Buffer.concat(parts));
  }
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const tagOfPart = (bytes: Buffer): string => `"${createHash('sha1').update(bytes).digest('hex')}"`;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const xml = (text: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`),
});

const refusal = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>Refused.</Message></Error>`),
});
