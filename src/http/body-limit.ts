import { concatenate } from './concatenate.ts';
import { HttpError } from './http-error.ts';

/**
 * The request with a body known to hold at most `maxBytes`; throws `REQUEST_TOO_LARGE` otherwise. A declared length is
 * believed, because HTTP delivers exactly that many bytes; a body of unknown length is counted while it is read. This
 * replaces Yoga's limiter, which sends every body through a TransformStream at a third of a point read's cost.
 */
export async function limitBody(request: Request, maxBytes: number): Promise<Request> {
  if (request.body === null) return request;
  const declared = request.headers.get('content-length');
  if (declared === null) return new Request(request, { body: await readAtMost(request.body, maxBytes) });
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes, `${declared}`);
  return request;
}

async function readAtMost(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes, 'more');
    chunks.push(chunk);
  }
  return concatenate(chunks);
}

const tooLarge = (maxBytes: number, got: string) =>
  new HttpError(413, 'REQUEST_TOO_LARGE', `Expected a request body of at most ${maxBytes} bytes, but got ${got}.`);
