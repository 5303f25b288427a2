/** Random reads through the cache, and what they must show. */
import { below, pick, type Random } from '../random.ts';
import type { Oracle } from './oracle.ts';
import { columnsOf } from './render.ts';
import { isLive } from './rows.ts';
import { type Row, SHAPES, TYPES, type Type } from './shapes.ts';

const MODES = ['STRONG', 'BOUNDED', 'SESSION', 'CACHED'] as const;

/** One list and one of its rows. */
export interface RandomReads {
  readonly type: Type;
  readonly tenant: string;
  readonly id: string;
  readonly mode: (typeof MODES)[number];
  readonly withDeleted: boolean;
}

export const randomReads = (random: Random, tenants: readonly string[]): RandomReads => ({
  type: pick(
    random,
    TYPES.filter((type) => type !== 'BookTag'),
  ),
  tenant: pick(random, tenants),
  id: `i${below(random, 14)}`,
  mode: pick(random, MODES),
  withDeleted: random() < 0.3,
});

export function readsOf({ type, tenant, id, mode, withDeleted }: RandomReads, { rows }: Oracle) {
  const { list, isSoft, relations } = SHAPES[type];
  const includes = isSoft && withDeleted ? ', includeDeleted: true' : '';
  const many = Object.entries(relations).filter(([, { kind }]) => kind === 'referred');
  const children = many.map(
    ([name]) => `${name}(first: 100, orderBy: [{ id: ASC }]) { totalCount nodes { id version } }`,
  );
  const single = `${type[0]!.toLowerCase()}${type.slice(1)}`;
  const query = `query ($tenant: ID!, $id: ID!) @consistency(mode: ${mode}) {
    row: ${single}(by: { id: $id }, shardKey: $tenant${includes}) { ${columnsOf(type)} ${children.join(' ')} }
    all: ${list}(shardKey: $tenant, first: 100, orderBy: [{ id: ASC }]${includes}) { totalCount nodes { id version } }
  }`;
  const shown = includes === '' ? rows.live(type, tenant) : rows.of(type, tenant);
  const row = shown.find((one) => one.id === id);
  const expectedRow = row && {
    ...row,
    ...Object.fromEntries(
      many.map(([name, relation]) => {
        const { target, column } = relation as { target: Type; column: string };
        return [name, connection(rows.of(target, tenant).filter((one) => isLive(one) && one[column] === id))];
      }),
    ),
  };
  return { query, variables: { tenant, id }, expected: { row: expectedRow ?? null, all: connection(shown) } };
}

const connection = (rows: readonly Row[]) => ({
  totalCount: rows.length,
  nodes: rows.map(({ id, version }) => ({ id, version })).sort((a, b) => (a.id < b.id ? -1 : 1)),
});
