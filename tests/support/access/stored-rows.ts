/** All rows that a Worker of `tests/models/access` holds, deleted ones among them. */
import type { LabWorker } from '../lab-worker.ts';
import { ENTITIES } from './entities.ts';
import type { AllRows } from './rows.ts';

const PAGE = 100;

interface Page {
  readonly nodes: AllRows[string];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** As the operator reads them; sorted by primary key. */
export async function storedRows(worker: LabWorker): Promise<AllRows> {
  const all: Record<string, AllRows[string][number][]> = Object.fromEntries(ENTITIES.map(({ type }) => [type, []]));
  let open = ENTITIES.map((entity) => ({ entity, after: null as string | null }));
  while (open.length > 0) {
    const fields = open.map(({ entity: { type, list, columns, keepsDeleted, primaryKey }, after }) => {
      const order = primaryKey.map((name) => `{ ${name}: ASC }`).join(' ');
      const args = [
        `first: ${PAGE}`,
        `orderBy: [${order}]`,
        after && `after: "${after}"`,
        keepsDeleted && 'includeDeleted: true',
      ];
      const names = columns.map(({ name }) => name).join(' ');
      return `${type}: ${list}(${args.filter(Boolean).join(', ')}) { nodes { ${names} } pageInfo { hasNextPage endCursor } }`;
    });
    const { data, errors } = await worker.graphql(`query @consistency(mode: STRONG) { ${fields.join('\n')} }`);
    if (errors.length > 0) throw new Error(`Expected all rows, but got ${JSON.stringify(errors)}.`);
    open = open.flatMap(({ entity }) => {
      const { nodes, pageInfo } = data[entity.type] as Page;
      all[entity.type]!.push(...nodes);
      return pageInfo.hasNextPage ? [{ entity, after: pageInfo.endCursor }] : [];
    });
  }
  return all;
}
