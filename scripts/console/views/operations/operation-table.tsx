import { openInGraphiql } from '../../calls/open-in-graphiql.ts';
import type { OperationSummary } from '../../operations/figures.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatCount, formatDollars, formatMs, formatShare } from '../../parts/format.ts';
import { Tag } from '../../parts/tag.tsx';

export function OperationTable({ operations }: { readonly operations: readonly OperationSummary[] }) {
  return (
    <DataTable
      caption="Operations"
      rows={operations}
      keyOf={({ hash }) => hash}
      empty="No operation was asked for in this time."
      columns={[
        { title: 'Operation', isHead: true, cell: (operation) => <Name operation={operation} /> },
        { title: 'Requests', isFigure: true, cell: ({ requestCount }) => formatCount(requestCount) },
        { title: 'Errors', isFigure: true, cell: (operation) => <Errors operation={operation} /> },
        { title: 'p50', isFigure: true, cell: ({ p50Ms }) => formatMs(p50Ms) },
        { title: 'p95', isFigure: true, cell: ({ p95Ms }) => formatMs(p95Ms) },
        { title: 'Total time', isFigure: true, cell: ({ totalMs }) => formatMs(totalMs) },
        { title: 'Rows read', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsRead) },
        { title: 'Rows written', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsWritten) },
        { title: 'Calls to shards', isFigure: true, cell: ({ usage }) => formatCount(usage.objectRequests) },
        { title: 'Hits', isFigure: true, cell: ({ sources }) => formatShare(hitRatioOf(sources)) },
        { title: 'Dollars', isFigure: true, cell: ({ dollars }) => formatDollars(dollars) },
        {
          title: 'Open',
          cell: ({ document, name }) =>
            document === null ? null : (
              <button type="button" class="quiet" onClick={() => openInGraphiql({ query: document })}>
                GraphiQL<span class="hidden"> with {name ?? 'this operation'}</span>
              </button>
            ),
        },
      ]}
    />
  );
}

/** Work that no request asked for, by its kind. */
const OWN_WORK: Readonly<Record<string, string>> = {
  alarm: 'background work of shards',
  monitor: 'monitoring',
};

function Name({ operation: { name, kind, hash } }: { readonly operation: OperationSummary }) {
  const own = OWN_WORK[kind.toLowerCase()];
  if (own !== undefined) return <>{own}</>;
  return (
    <>
      {name ?? 'unnamed'} <span class="hint">{kind.toLowerCase()}</span>{' '}
      {hash !== name && <code class="hint">{hash}</code>}
    </>
  );
}

function Errors({ operation: { failedCount, errors } }: { readonly operation: OperationSummary }) {
  if (failedCount === 0) return <>0</>;
  return (
    <>
      {formatCount(failedCount)}{' '}
      {errors.map(({ name, count }) => (
        <Tag key={name} tone="bad">
          {name} {formatCount(count)}
        </Tag>
      ))}
    </>
  );
}

/** Of requests that read rows, those that caches answered alone. */
function hitRatioOf(sources: OperationSummary['sources']): number | null {
  const of = (name: string) => sources.find((each) => each.name === name)?.count ?? 0;
  const hits = of('memory') + of('kv');
  return hits + of('shard') === 0 ? null : hits / (hits + of('shard'));
}
