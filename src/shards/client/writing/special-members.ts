import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { WriteRequest } from '../../protocol/write.ts';
import type { WriteOptions } from '../shard-client.ts';

type Special = Pick<WriteOptions, 'idempotency' | 'dryRun' | 'rules'>;

/** The members of a request that not every write has, with the protocol that a shard needs to know to heed them. */
export function specialMembers({
  idempotency = null,
  dryRun = false,
  rules = null,
}: Special): Partial<Pick<WriteRequest, 'protocol' | 'idempotency' | 'dryRun' | 'rules'>> {
  return {
    ...((idempotency !== null || dryRun) && { protocol: PROTOCOL_OF.keyedWrites }),
    ...(rules !== null && { protocol: PROTOCOL_OF.writeRules, rules }),
    ...(idempotency !== null && { idempotency }),
    ...(dryRun && { dryRun }),
  };
}
