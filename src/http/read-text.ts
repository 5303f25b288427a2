import { HttpError } from './http-error.ts';
import { decodeUtf8, describeInvalidUtf8 } from './utf8.ts';

/** The body as text. Throws `BAD_USER_INPUT` (400) unless it is UTF-8; its charset is judged by `requireUtf8Body`. */
export async function readText(request: Request): Promise<string> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const text = decodeUtf8(bytes);
  if (text !== null) return text;
  const message = `Expected a body in UTF-8, but got ${describeInvalidUtf8(bytes)}. Send the body in UTF-8.`;
  throw new HttpError(400, 'BAD_USER_INPUT', message);
}
