import { linkTo } from '../../app/route.ts';
import type { Alert } from '../../operations/alerts.ts';
import { formatTime } from '../../parts/format.ts';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { Value } from '../../parts/value.tsx';

export const toneOf = ({ state, severity }: Alert): Tone =>
  state === 'RESOLVED' ? 'good' : state === 'FIRING' && severity === 'CRITICAL' ? 'bad' : 'warn';

/** What is wrong, where, since when, and what to do. */
export function AlertCard({ alert }: { readonly alert: Alert }) {
  const { rule, subject, state, summary, remedy, since, resolvedAt, acknowledgedAt, acknowledgedBy, silencedUntil } =
    alert;
  return (
    <div class={`card ${toneOf(alert)}`}>
      <h3>
        <Tag tone={toneOf(alert)}>{state.toLowerCase()}</Tag> {summary}
      </h3>
      {state !== 'RESOLVED' && <p>{remedy}</p>}
      <p class="hint">
        {rule} · {subject} · since {formatTime(since)}
        {resolvedAt !== null && ` · resolved ${formatTime(resolvedAt)}`}
        {acknowledgedAt !== null && ` · acknowledged ${formatTime(acknowledgedAt)} by ${acknowledgedBy}`}
        {silencedUntil !== null && ` · silenced until ${formatTime(silencedUntil)}`}
      </p>
      <Links alert={alert} />
    </div>
  );
}

function Links({ alert: { shard, shardKey, table, operation } }: { readonly alert: Alert }) {
  if (shard === null && shardKey === null && table === null && operation === null) return null;
  return (
    <p class="row-buttons">
      {shard !== null && <a href={linkTo('shards', shard)}>{shard}</a>}
      {shardKey !== null && (
        <a href={linkTo('tenants', shardKey)}>
          <Value value={shardKey} />
        </a>
      )}
      {table !== null && <a href={linkTo('data', table)}>{table}</a>}
      {operation !== null && <a href={linkTo('operations')}>{operation}</a>}
    </p>
  );
}
