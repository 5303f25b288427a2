import { HttpError } from './http-error.ts';

/** Throws, with the `allow` header that HTTP asks for, unless the request has one of the methods. */
export function requireMethod(request: Request, ...allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return;
  const allow = allowed.join(', ');
  throw new HttpError(405, 'BAD_USER_INPUT', `Expected one of the methods ${allow}, but got ${request.method}.`, {
    allow,
  });
}
