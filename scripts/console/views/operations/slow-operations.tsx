import { linkTo } from '../../app/route.ts';
import { openInGraphiql } from '../../calls/open-in-graphiql.ts';
import type { SlowOperation } from '../../operations/figures.ts';
import { formatCount, formatMs, formatTime } from '../../parts/format.ts';
import { Empty } from '../../parts/panel.tsx';
import { Tag } from '../../parts/tag.tsx';
import { Value } from '../../parts/value.tsx';

export function SlowOperations({ operations }: { readonly operations: readonly SlowOperation[] }) {
  if (operations.length === 0) return <Empty>None yet.</Empty>;
  return (
    <ul class="cards">
      {operations.map((operation) => (
        <li key={`${operation.requestId} ${operation.at}`} class="card">
          <SlowCard operation={operation} />
        </li>
      ))}
    </ul>
  );
}

function SlowCard({ operation }: { readonly operation: SlowOperation }) {
  const { name, durationMs, rowsRead, at, role, shards, shardKey, code, document, reads, requestId } = operation;
  return (
    <>
      <h3>
        {name ?? 'unnamed'}: {formatMs(durationMs)}, {formatCount(rowsRead)} rows read{' '}
        {code && <Tag tone="bad">{code}</Tag>}
      </h3>
      <p class="hint">
        {formatTime(at)} · {role} · {shards.join(', ') || 'no shard'}
        {shardKey !== null && (
          <>
            {' · '}
            <a href={linkTo('tenants', shardKey)}>
              <Value value={shardKey} />
            </a>
          </>
        )}{' '}
        · request <code>{requestId}</code>
      </p>
      <details>
        <summary>Reads and text</summary>
        {reads.map(({ field, plan, rowsRead: read, durationMs: took }, index) => (
          <div key={`${field} ${index}`}>
            <p>
              <code>{field}</code> {formatCount(read)} rows, {formatMs(took)}
            </p>
            <pre>{plan}</pre>
          </div>
        ))}
        <pre>{document}</pre>
        <button type="button" onClick={() => openInGraphiql({ query: document })}>
          Open in GraphiQL
        </button>
      </details>
    </>
  );
}
