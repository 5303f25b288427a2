import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { ADVICE, type Advice, type AdviceAnswer } from '../../operations/alerts.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { formatCount } from '../../parts/format.ts';
import { Answered, Empty, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { Value } from '../../parts/value.tsx';

const EVERY_MS = 30_000;

/** `MISSING_INDEX` → `missing index`. */
const words = (kind: string): string => kind.toLowerCase().replaceAll('_', ' ');

export function AdviceView() {
  const state = useCall<AdviceAnswer>(operatorCall(ADVICE), { everyMs: EVERY_MS });
  return (
    <Panel
      title="What is worth doing"
      call={state.call}
      isWide
      about="Most valuable first. Each item disappears once it is done, or its cause is gone."
    >
      <Answered state={state}>
        {({ advice }) => {
          if (advice === null) return <WithoutMonitor />;
          if (advice.length === 0) return <Empty>Nothing for now. With more traffic, there may be more to say.</Empty>;
          return (
            <ul class="cards">
              {advice.map((each) => (
                <li key={each.id} class="card">
                  <AdviceCard advice={each} />
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </Panel>
  );
}

function AdviceCard({
  advice: { kind, summary, remedy, table, operation, shard, shardKey, index },
}: {
  readonly advice: Advice;
}) {
  return (
    <>
      <h3>{summary}</h3>
      <p>{remedy}</p>
      <p class="hint">
        {words(kind)}
        {operation !== null && ` · ${operation}`}
      </p>
      <p class="row-buttons">
        {table !== null && <a href={linkTo('data', table)}>{table}</a>}
        {shard !== null && <a href={linkTo('shards', shard)}>{shard}</a>}
        {shardKey !== null && (
          <a href={linkTo('tenants', shardKey)}>
            <Value value={shardKey} />
          </a>
        )}
      </p>
      {index && (
        <>
          {index.rowsReadNow !== null && (
            <p>
              A request reads {formatCount(index.rowsReadNow)} rows on average
              {index.rowsReadThen !== null && `; with the index about ${formatCount(index.rowsReadThen)}`}.
            </p>
          )}
          <pre>{index.drizzle}</pre>
          <pre>{index.ddl}</pre>
          <CopyButton
            text={() => index.drizzle}
            label="Copy the Drizzle line"
            told={`Copied the line of ${index.name}.`}
          />
        </>
      )}
    </>
  );
}
