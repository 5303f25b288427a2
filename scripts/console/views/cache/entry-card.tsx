import type { Call } from '../../calls/call.ts';
import type { CachedCopy, CacheEntry } from '../../operations/cache-entry.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { counted, formatMs, formatTime } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { Tag } from '../../parts/tag.tsx';

export function EntryCard({ entry, call }: { readonly entry: CacheEntry; readonly call: Call | null }) {
  return (
    <Panel title={`${entry.kind} of ${entry.tables.join(', ')}`} call={call} isWide>
      <p>
        A reader would be answered{' '}
        {isServed(entry.memory) ? (
          <Tag tone="good">from memory</Tag>
        ) : isServed(entry.kv) ? (
          <Tag tone="good">from KV</Tag>
        ) : (
          <Tag tone="warn">by the shard</Tag>
        )}
      </p>
      <Facts
        entries={[
          ['In memory', <Copy copy={entry.memory} />],
          ['In KV', <Copy copy={entry.kv} />],
          ['Key in KV', <code>{entry.kvKey}</code>],
          ['Shard key', entry.shardKey ?? '–'],
          ['Lives for', formatMs(entry.ttlSeconds * 1_000)],
          ['Then, while it is refreshed', formatMs(entry.swrSeconds * 1_000)],
        ]}
      />
      <h3>Stamps: what has changed last</h3>
      <DataTable
        caption="Stamps"
        rows={entry.stamps}
        keyOf={({ table, bucket }) => `${table} ${bucket}`}
        empty="It depends on no rows."
        columns={[
          { title: 'Table', isHead: true, cell: ({ table }) => table },
          { title: 'Bucket', isFigure: true, cell: ({ bucket }) => bucket ?? 'all' },
          { title: 'Last change', cell: ({ lastChange }) => lastChange ?? 'not known' },
          { title: 'At', cell: ({ lastChangeAt }) => formatTime(lastChangeAt) },
        ]}
      />
    </Panel>
  );
}

function Copy({ copy }: { readonly copy: CachedCopy | null }) {
  if (copy === null) return <>nothing</>;
  return (
    <>
      <Tag tone={copy.verdict === 'FRESH' ? 'good' : 'warn'}>{copy.verdict.toLowerCase().replaceAll('_', ' ')}</Tag>{' '}
      {copy.reason} {counted(copy.characters, 'character')}, read {formatMs(copy.ageMs)} ago, kept until{' '}
      {formatTime(copy.diesAt)}
    </>
  );
}

/** A stale one is the answer of a CACHED read alone, and the inspector judges others so that they have none. */
const isServed = (copy: CachedCopy | null): boolean => copy?.verdict === 'FRESH' || copy?.verdict === 'STALE';
