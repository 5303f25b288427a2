import type { TableModel } from '../model/types.ts';
import { DEFAULT_PAGE_ROWS, MAX_OFFSET_ROWS, MAX_PAGE_ROWS } from '../resolvers/limits.ts';
import type { Builder } from './builder.ts';
import { searchDescription } from './search-types.ts';
import type { addOrderBy, addWhere } from './table-inputs.ts';

/** Input types that lists of a table take. */
export interface ListInputs {
  readonly table: TableModel;
  readonly where: ReturnType<typeof addWhere>;
  readonly orderBy: ReturnType<typeof addOrderBy>;
}

/** Arguments of every list: root fields and to-many relations alike. */
export const listArguments = (builder: Builder, { table, where, orderBy }: ListInputs) =>
  builder.args((t) => ({
    where: t.field({ type: where }),
    ...(table.search.length > 0 && { search: t.string({ description: searchDescription(table) }) }),
    orderBy: t.field({
      type: [orderBy],
      description:
        'Most important first. The primary key decides between equal rows. By related rows, each page reads all rows that match.',
    }),
    first: t.int({ description: `Rows from the start, at most ${MAX_PAGE_ROWS}; ${DEFAULT_PAGE_ROWS} if left out.` }),
    after: t.string({ description: 'Only rows after this cursor.' }),
    last: t.int({ description: `Rows from the end, at most ${MAX_PAGE_ROWS}. Not together with first or offset.` }),
    before: t.string({ description: 'Only rows before this cursor.' }),
    offset: t.int({
      description: `Rows to leave out at the start, at most ${MAX_OFFSET_ROWS}. Not together with cursors.`,
    }),
  }));
