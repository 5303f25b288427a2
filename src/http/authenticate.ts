import { ShardQLError } from '../shards/errors.ts';
import { type Caller, DEVELOPER } from '../shards/protocol/envelope.ts';
import type { Settings } from './env.ts';

/** The caller of a request. Secure by default: without configured authentication, every request is refused. */
export function authenticate(request: Request, url: URL, { isDevelopment }: Settings): Caller {
  if (isDevelopment) {
    requireOwnMachine(request, url);
    return DEVELOPER;
  }
  throw new ShardQLError(
    'UNAUTHENTICATED',
    'Expected authentication to be configured, but got none, so every request is refused. ' +
      'On your own machine, SHARDQL_DEVELOPMENT=true gives every caller the developer role.',
  );
}

/**
 * The open developer role is for the person at the machine, not for the web pages they visit: a page of another origin can
 * send simple requests to a local server, and one that points its own name at 127.0.0.1 (DNS rebinding) can even read the
 * answers. Such requests name the page's origin, or its host.
 */
function requireOwnMachine(request: Request, { hostname }: URL): void {
  if (!LOOPBACK.has(hostname)) throw notLocal('a host name of this machine', hostname);
  const origin = request.headers.get('origin');
  if (origin === null) return;
  if (!URL.canParse(origin) || !LOOPBACK.has(new URL(origin).hostname)) {
    throw notLocal('a page served by this machine', origin);
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const notLocal = (expected: string, got: string) =>
  new ShardQLError(
    'FORBIDDEN',
    `Expected ${expected}, since the developer role is open here, but got "${got}"; use http://127.0.0.1.`,
  );

/** For paths that read and write all tables without further rules. */
export function requireDeveloper(caller: Caller): void {
  if (caller.role === DEVELOPER.role) return;
  throw new ShardQLError('FORBIDDEN', `Expected the role ${DEVELOPER.role}, but got ${caller.role}.`);
}
