/** Answers of calls that have no envelope, such as those of operators to the catalog. */
import { errorToWire, ShardQLError, type WireError, wireToError } from '../errors.ts';

/** What the catalog or a shard will not do. Nothing was changed. */
export interface Refusal {
  readonly status: 'REFUSED';
  readonly error: WireError;
}

/** Expected failures as data. */
export async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShardQLError) return { status: 'REFUSED', error: errorToWire(error) };
    throw error;
  }
}

/** @throws ShardQLError of a refusal. */
export function accepted<Answer extends { readonly status: 'OK' }>(answer: Answer | Refusal): Answer {
  if (answer.status === 'REFUSED') throw wireToError(answer.error);
  return answer;
}
