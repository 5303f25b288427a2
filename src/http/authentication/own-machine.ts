import { ShardQLError } from '../../shards/errors.ts';
import { isLoopback, isLoopbackOrigin } from '../core/loopback.ts';

/**
 * The open developer role is for the person at the machine, not for the web pages they visit: a page of another origin can
 * send simple requests to a local server, and one that points its own name at 127.0.0.1 (DNS rebinding) can even read the
 * answers. Such requests name the page's origin, or its host.
 *
 * @throws ShardQLError FORBIDDEN for them.
 */
export function requireOwnMachine(request: Request, { hostname }: Pick<URL, 'hostname'>): void {
  if (!isLoopback(hostname)) throw notLocal('a host name of this machine', hostname);
  const origin = request.headers.get('origin');
  if (origin !== null && !isLoopbackOrigin(origin)) throw notLocal('a page served by this machine', origin);
}

const notLocal = (expected: string, got: string) =>
  new ShardQLError(
    'FORBIDDEN',
    `Expected ${expected}, since the developer role is open here, but got "${got}"; use http://127.0.0.1.`,
  );
