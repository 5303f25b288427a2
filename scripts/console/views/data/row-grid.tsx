import type { Table, TableColumn } from '../../operations/tables.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Value } from '../../parts/value.tsx';
import { type Row, titleOf } from './row-operations.ts';

interface Props {
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly onOpen: (row: Row) => void;
}

const FIGURES = ['Int', 'Float', 'BigInt', 'Decimal'];

export function RowGrid({ table, columns, rows, onOpen }: Props) {
  const open: Column<Row> = {
    title: 'Row',
    isHead: true,
    cell: (row) => (
      <button type="button" class="quiet" aria-label={`Open ${titleOf(table, row)}`} onClick={() => onOpen(row)}>
        Open
      </button>
    ),
  };
  return (
    <DataTable
      caption={`Rows of ${table.list}`}
      rows={rows}
      keyOf={(row) => String(row[table.globalIdField])}
      empty="No row matches."
      columns={[
        open,
        ...columns.map(({ name, scalar }) => ({
          title: name,
          isFigure: FIGURES.includes(scalar),
          cell: (row: Row) => <Value value={row[name]} />,
        })),
      ]}
    />
  );
}
