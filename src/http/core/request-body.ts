import { HttpError } from './http-error.ts';
import { decodeUtf8, describeInvalidUtf8 } from './utf8.ts';

/** Bytes beyond the limit that are still read before the answer, so that a client that writes before it reads gets the answer. */
const MAX_DRAINED_BYTES = 100_000_000;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The body as text, of at most `maxBytes`. A declared length is believed, because HTTP delivers exactly that many bytes; a
 * body of unknown length is counted while it is read. A byte order mark at its start is left out.
 *
 * @throws HttpError 413 if it is longer; 400 if it is not UTF-8, or did not arrive as a whole.
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const declared = request.headers.get('content-length');
  let bytes: Bytes;
  if (declared !== null && Number(declared) <= maxBytes) {
    try {
      bytes = new Uint8Array(await request.arrayBuffer());
    } catch {
      throw brokenOff();
    }
  } else bytes = await readAtMost(readChunks(request), maxBytes);
  const text = decodeUtf8(bytes);
  if (text !== null) return text;
  const message = `Expected a body in UTF-8, but got ${describeInvalidUtf8(bytes)}. Send the body in UTF-8.`;
  throw new HttpError(400, 'BAD_USER_INPUT', message);
}

/**
 * The body as it arrives.
 *
 * @throws HttpError 400 if it does not arrive as a whole.
 */
export async function* readChunks({ body }: Request): AsyncGenerator<Bytes> {
  if (body === null) return;
  const reader = (body as ReadableStream<Bytes>).getReader();
  try {
    for (;;) {
      const { done, value } = await whole(() => reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // A reader that stops early drops the rest, which may have failed already.
    await reader.cancel().catch(() => {});
  }
}

async function readAtMost(body: AsyncIterable<Bytes>, maxBytes: number): Promise<Bytes> {
  let chunks: Bytes[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks = [];
    if (size > maxBytes + MAX_DRAINED_BYTES) break;
  }
  if (size <= maxBytes) return concatenate(chunks);
  throw new HttpError(413, 'REQUEST_TOO_LARGE', `Expected a request body of at most ${maxBytes} bytes, but got more.`);
}

/** A body fails only because of its sender: the connection broke, or its chunks are malformed. */
async function whole<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch {
    throw brokenOff();
  }
}

const brokenOff = (): HttpError =>
  new HttpError(400, 'BAD_USER_INPUT', 'Expected a whole request body, but got one that broke off. Send it again.');

/** The chunks as one array; a single chunk is given back as it is. */
export function concatenate(chunks: readonly Bytes[]): Bytes {
  if (chunks.length === 1) return chunks[0]!;
  const joined = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return joined;
}
