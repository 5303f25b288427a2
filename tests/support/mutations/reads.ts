/** Random reads through the cache, and what they must show. */
import { below, pick, type Random } from '../random.ts';
import type { Operation } from './operation.ts';
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

/** Reads of rows that the operation is likely to change. */
export function randomReads(random: Random, operation: Operation, tenants: readonly string[]): RandomReads {
  const { type, tenant } = pick(random, subjectsOf(operation)) ?? {
    type: pick(random, TYPES),
    tenant: pick(random, tenants),
  };
  return {
    type: type === 'BookTag' ? 'Book' : type,
    tenant,
    id: `i${below(random, 14)}`,
    mode: pick(random, MODES),
    withDeleted: random() < 0.3,
  };
}

/** The types that it names, and the tenants. */
function subjectsOf(operation: Operation): readonly { readonly type: Type; readonly tenant: string }[] {
  if (operation.kind === 'wrong') return [];
  if (operation.kind === 'transaction')
    return operation.steps.map(({ operation: { type } }) => ({ type, tenant: operation.tenant }));
  const { type } = operation;
  return 'rows' in operation ? operation.rows.map(({ tenant }) => ({ type, tenant })) : [operation];
}

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
