import type { ChangePage } from '../../operations/recovery.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { counted } from '../../parts/format.ts';
import { Value } from '../../parts/value.tsx';

const LONG = 200;

type ChangedRow = ChangePage['nodes'][number];

/** Rows before and after. */
export function ChangedRows({ title, page }: { readonly title: string; readonly page: ChangePage }) {
  const hasReasons = page.nodes.some(({ reason }) => reason !== undefined);
  const reason: Column<ChangedRow> = { title: 'Why', cell: ({ message }) => message ?? '' };
  return (
    <>
      <h3>
        {title}: {counted(page.totalCount, 'row')}
        {page.hasNextPage && `, of which the first ${page.nodes.length}`}
      </h3>
      <DataTable
        caption={title}
        rows={page.nodes}
        keyOf={({ table, key }) => `${table} ${JSON.stringify(key)}`}
        empty="None."
        columns={[
          { title: 'Table', isHead: true, cell: ({ table }) => table },
          { title: 'Key', cell: ({ key }) => <Value value={key} /> },
          { title: 'Now', cell: ({ before }) => <Value value={before} limit={LONG} /> },
          { title: 'Then', cell: ({ after }) => <Value value={after} limit={LONG} /> },
          ...(hasReasons ? [reason] : []),
        ]}
      />
    </>
  );
}
