import { HttpError } from './http-error.ts';

/** Throws unless the parameters of a GET that hold JSON are JSON. */
export function requireJsonParameters(request: Request): void {
  const { searchParams } = new URL(request.url);
  for (const name of ['variables', 'extensions']) {
    const text = searchParams.get(name);
    if (!text || isJson(text)) continue;
    throw new HttpError(400, 'BAD_USER_INPUT', `Expected the parameter ${name} to be JSON, but got another text.`);
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
