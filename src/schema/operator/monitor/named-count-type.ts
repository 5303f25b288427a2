import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** `NamedCount`: how many there were of each. */
export const namedCountType = memoizeByObject((builder: OperatorBuilder) =>
  builder.objectRef<NamedCount>('NamedCount').implement({
    description: 'How many there were of something.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Of what: an error code, say.' }),
      count: t.exposeFloat('count', { description: 'How many.' }),
    }),
  }),
);

/** Most first. */
export const namedCounts = (counts: Readonly<Record<string, number | undefined>>): NamedCount[] =>
  Object.entries(counts)
    .map(([name, count = 0]) => ({ name, count }))
    .sort((a, b) => b.count - a.count);
