import { useEffect, useMemo, useState } from 'preact/hooks';
import { openInGraphiql } from '../../calls/open-in-graphiql.ts';
import { useCall } from '../../calls/use-call.ts';
import type { Table, TableColumn } from '../../operations/tables.ts';
import { Choice, TextField } from '../../parts/field.tsx';
import { Pager } from '../../parts/pager.tsx';
import { Answered, Panel } from '../../parts/panel.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { type Caller, OPERATOR } from './caller.ts';
import { CallerChoice } from './caller-choice.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { ConditionList } from './condition-list.tsx';
import { type Condition, whereOf } from './conditions.ts';
import { ExportRows } from './export-rows.tsx';
import { RowEditor } from './row-editor.tsx';
import { RowGrid } from './row-grid.tsx';
import { type Listing, type PageAnswer, pageCall, type Row } from './row-operations.ts';
import { TraceLine } from './trace-line.tsx';
import { hiddenColumns } from './visible-columns.ts';

const PAGE_SIZES = ['25', '50', '100'] as const;
const NO_COLUMNS: readonly string[] = [];

/** Values of these may be megabytes, so that a page of them would be too large to answer: they are shown where one row is. */
const isLarge = ({ scalar }: TableColumn): boolean => scalar === 'JSON' || scalar === 'Bytes';

interface Props {
  readonly table: Table;
  readonly shardKey: string;
}

export function TableBrowser({ table, shardKey: given }: Props) {
  const [caller, setCaller] = useState<Caller>(OPERATOR);
  const [shardKey, setShardKey] = useState(given);
  const [search, setSearch] = useState('');
  const [conditions, setConditions] = useState<readonly Condition[]>([]);
  const [order, setOrder] = useState('');
  const [pageSize, setPageSize] = useState<(typeof PAGE_SIZES)[number]>('25');
  const [left, setLeft] = useState<readonly string[]>(() => table.columns.filter(isLarge).map(({ name }) => name));
  const [hidden, setHidden] = useState(NO_COLUMNS);
  /** What was asked for last; what is typed takes effect when it is applied. */
  const [asked, setAsked] = useState({ where: null as Listing['where'], shardKey: given, search: '' });
  const [open, setOpen] = useState<Row | 'new' | null>(null);

  const visible = table.columns.filter(({ name }) => !hidden.includes(name));
  const shown = visible.filter(({ name }) => !left.includes(name));
  const pages = usePages(JSON.stringify([caller, asked, order, pageSize]));
  const listing: Listing = {
    table,
    caller,
    columns: shown.map(({ name }) => name),
    where: asked.where,
    orderBy: orderOf(order),
    search: asked.search === '' ? null : asked.search,
    shardKey: asked.shardKey === '' ? null : asked.shardKey,
    first: Number(pageSize),
    after: pages.after,
  };
  const isOperator = caller === OPERATOR;
  const state = useCall<PageAnswer>({ ...pageCall(listing), isTraced: isOperator });
  const unknown = useMemo(() => hiddenColumns(state.failure, table.type), [state.failure, table.type]);
  useEffect(() => {
    if (unknown !== null) setHidden((before) => [...new Set([...before, ...unknown])]);
  }, [unknown]);

  const read = whereOf(table, conditions);
  const apply = (event?: SubmitEvent) => {
    event?.preventDefault();
    if (read.problem === null) setAsked({ where: read.where, shardKey, search });
  };
  const choose = (chosen: Caller) => {
    setHidden(NO_COLUMNS);
    setCaller(chosen);
  };
  return (
    <>
      <Panel
        title={table.list}
        call={state.call}
        isWide
        tools={
          <>
            <button type="button" onClick={() => setOpen('new')}>
              New row
            </button>
            <ExportRows listing={{ ...listing, columns: visible.map(({ name }) => name) }} />
            <button type="button" class="quiet" onClick={() => state.call && openInGraphiql(state.call)}>
              Open in GraphiQL
            </button>
          </>
        }
      >
        <form class="fields" onSubmit={apply} aria-label="Which rows">
          <CallerChoice onChange={choose} />
          <TextField
            label={`Shard key (${table.shardKey})`}
            value={shardKey}
            about="Empty: all shards are asked."
            onText={setShardKey}
          />
          {table.searchColumns.length > 0 && (
            <TextField
              label="Search"
              type="search"
              shortcut="/"
              value={search}
              about={`Words in ${table.searchColumns.join(', ')}.`}
              onText={setSearch}
            />
          )}
          <ConditionList table={table} columns={visible} conditions={conditions} onChange={setConditions} />
          {read.problem && (
            <p class="failure-text" role="alert">
              {read.problem}
            </p>
          )}
          <button type="submit" class="primary">
            Apply
          </button>
        </form>
        <div class="fields">
          <Choice label="Order" value={order} choices={orderChoices(visible)} onChoice={setOrder} />
          <Choice
            label="Rows per page"
            value={pageSize}
            choices={PAGE_SIZES.map((size) => [size, size] as const)}
            onChoice={setPageSize}
          />
          <ColumnChoice columns={visible} left={left} onChange={setLeft} />
        </div>
        {unknown === null && (
          <Answered state={state}>
            {({ rows: { nodes, pageInfo } }) => (
              <>
                <RowGrid table={table} columns={shown} rows={nodes} onOpen={setOpen} />
                <Pager pages={pages} of={table.list} {...pageInfo} />
                <TraceLine extensions={state.extensions} />
              </>
            )}
          </Answered>
        )}
      </Panel>
      {open !== null && (
        <RowEditor
          table={table}
          caller={caller}
          columns={visible}
          row={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null);
            state.reload();
          }}
        />
      )}
    </>
  );
}

const orderChoices = (columns: readonly TableColumn[]): (readonly [string, string])[] => [
  ['', 'by key'],
  ...columns
    .filter((column) => !isLarge(column))
    .flatMap(({ name }) => [
      [`${name} ASC`, `${name}, least first`] as const,
      [`${name} DESC`, `${name}, greatest first`] as const,
    ]),
];

function orderOf(order: string): Listing['orderBy'] {
  if (order === '') return null;
  const [column, direction] = order.split(' ') as [string, string];
  return [{ [column]: direction }];
}
