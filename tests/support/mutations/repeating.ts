import type { GraphQLAnswer } from '../graphql.ts';
import type { LabWorker } from '../lab-worker.ts';
import { below, type Random } from '../random.ts';
import { Difference } from './difference.ts';

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** Of those that are sent again later. */
const REMEMBERED = 50;

/**
 * A Worker all of whose mutations are sent with an idempotency key, and again: at the same time, at once, and after others. All
 * answers to a key have to be the same bytes; that repeats have no effect of their own shows in the rows.
 */
export function repeating(worker: LabWorker, random: Random): LabWorker {
  const earlier: (Sent & { readonly answer: string })[] = [];
  let keys = 0;
  const send = ({ query, variables, key }: Sent) => worker.graphql(query, variables, { 'idempotency-key': key });
  const repeat = async (sent: Sent, first: string, when: string): Promise<void> => {
    const again = told(await send(sent));
    if (again === first) return;
    throw new Difference(
      `Expected the first answer ${when}, ${first}, but got ${again} to ${sent.query} with ${JSON.stringify(sent.variables)}`,
    );
  };
  return {
    ...worker,
    async graphql(query, variables = {}, headers = {}) {
      // A dry run is none of what keys are for: it shows the version that its rows would have at this moment.
      if (!query.startsWith('mutation') || variables.dryRun === true) return worker.graphql(query, variables, headers);
      const sent = { query, variables, key: `key-${++keys}` };
      const [first, ...others] = await Promise.all(Array.from({ length: 1 + below(random, 2) }, () => send(sent)));
      const answer = told(first!);
      for (const other of others)
        if (told(other) !== answer)
          throw new Difference(`Expected ${answer} twice at the same time, but got ${told(other)}`);
      await repeat(sent, answer, 'at once');
      const old = earlier[below(random, earlier.length * 2)];
      if (old) await repeat(old, old.answer, 'after others');
      if (isKept(first!)) earlier.push({ ...sent, answer });
      if (earlier.length > REMEMBERED) earlier.shift();
      return first!;
    },
  };
}

/** All that a client gets to know. */
const told = ({ data, errors, extensions }: GraphQLAnswer): string =>
  JSON.stringify([data, errors.map((error) => [error.path, error.extensions?.code]), extensions?.operations]);

/** What failed is done again. */
const isKept = ({ data, errors }: GraphQLAnswer): boolean =>
  errors.length === 0 &&
  (data.it?.results ?? []).every(({ code = null }: { readonly code?: string | null }) => code === null);
