import { ShardQLError } from '../shards/errors.ts';
import type { Caller } from '../shards/protocol.ts';
import { DEVELOPER } from '../shards/protocol.ts';
import type { Settings } from './env.ts';

/** Who asks. Secure by default: as long as nothing says who may, nobody may. */
export function authenticate({ isDevelopment }: Settings): Caller {
  if (isDevelopment) return DEVELOPER;
  throw new ShardQLError(
    'UNAUTHENTICATED',
    'Expected authentication to be configured, but got none, so every request is refused. ' +
      'On your own machine, SHARDQL_DEVELOPMENT=true gives every caller the developer role.',
  );
}

/** Importing writes any table without further rules, so it is the developer's alone. */
export function requireDeveloper(caller: Caller): void {
  if (caller.role === DEVELOPER.role) return;
  throw new ShardQLError('FORBIDDEN', `Expected the role ${DEVELOPER.role}, but got ${caller.role}.`);
}
