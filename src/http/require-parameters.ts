import { HttpError } from './http-error.ts';

/** Throws unless the parameters of a GET are UTF-8, and those that hold JSON are JSON. */
export function requireParameters(request: Request): void {
  const { search, searchParams } = new URL(request.url);
  for (const [name, value] of searchParams) {
    // Where percent-encoded bytes are not UTF-8, `searchParams` has U+FFFD.
    if (!value.includes('\ufffd') || isDecodable(search)) continue;
    const message = `Expected the parameter ${name} to be percent-encoded UTF-8, but got other bytes.`;
    throw new HttpError(400, 'BAD_USER_INPUT', message);
  }
  for (const name of ['variables', 'extensions']) {
    const text = searchParams.get(name);
    if (!text || isJson(text)) continue;
    throw new HttpError(400, 'BAD_USER_INPUT', `Expected the parameter ${name} to be JSON, but got another text.`);
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
