/** A panel for the last response: how fresh its fields are, what it cost, and what was done when. */
import { useSyncExternalStore } from 'react';
import type {
  AnswerTrace,
  FieldConsistency,
  LastAnswer,
  LastAnswers,
  TracedPlan,
  TracedStatement,
  TraceStep,
} from './last-answer.ts';

const TITLE = 'Last response';

/** A plugin of GraphiQL: a pane that is opened at the left. */
export const lastResponsePlugin = (answers: LastAnswers) => ({
  title: TITLE,
  icon: ClockIcon,
  content: () => <LastResponse answers={answers} />,
});

/** A line below the response, which opens the panel. */
export function ResponseSummary({ answers }: { readonly answers: LastAnswers }) {
  const last = useSyncExternalStore(answers.subscribe, answers.last);
  if (last === null) return null;
  return (
    <button type="button" className="shardql-summary" onClick={openPanel}>
      {summaryOf(last).join(' · ')}
    </button>
  );
}

/** By GraphiQL's own button: its action `setVisiblePlugin` leaves the pane where it is hidden. Absent: the panel is open. */
const openPanel = (): void => document.querySelector<HTMLElement>(`[aria-label="Show ${TITLE}"]`)?.click();

function summaryOf({ serverMs, clientMs, trace, fields }: LastAnswer): string[] {
  const sources = [...new Set(fields.flatMap(({ source }) => source ?? []))];
  return [
    milliseconds(serverMs ?? clientMs),
    ...(sources.length > 0 ? [`from ${sources.map(sourceName).join(', ')}`] : []),
    ...(trace
      ? [count(trace.shards.length, 'shard'), count(trace.rpcs, 'call'), count(trace.rowsRead, 'row read')]
      : []),
  ];
}

function LastResponse({ answers }: { readonly answers: LastAnswers }) {
  const last = useSyncExternalStore(answers.subscribe, answers.last);
  const isTracing = useSyncExternalStore(answers.subscribe, answers.isTracing);
  return (
    <div className="shardql-panel">
      <h2>{TITLE}</h2>
      <label>
        <input type="checkbox" checked={isTracing} onChange={({ target }) => answers.setTracing(target.checked)} />
        Trace requests: shards, rows, time and statements
      </label>
      {last === null ? <p>Run an operation, and this tells how it went.</p> : <Details last={last} />}
    </div>
  );
}

function Details({ last }: { readonly last: LastAnswer }) {
  const { trace, fields, serverMs, clientMs, cost, wasTraced } = last;
  return (
    <>
      <dl>
        {serverMs !== null && <Fact name="In the API" value={milliseconds(serverMs)} />}
        <Fact name="To this page" value={milliseconds(clientMs)} />
        {cost !== null && <Fact name="Cost" value={amount(cost)} />}
        {trace && <TraceFacts trace={trace} />}
      </dl>
      {!trace && (
        <p>{wasTraced ? 'Whom you ask as may not see traces.' : 'Switch tracing on, and run it again, to see more.'}</p>
      )}
      {fields.length > 0 && <Fields fields={fields} />}
      {trace && trace.steps.length > 0 && <Steps steps={trace.steps} />}
      {trace && trace.plans.length > 0 && <Plans plans={trace.plans} />}
    </>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const TraceFacts = ({ trace }: { readonly trace: AnswerTrace }) => (
  <>
    <Fact name="Shards" value={trace.shards.join(', ') || 'none'} />
    <Fact name="Calls" value={amount(trace.rpcs)} />
    <Fact name="Statements" value={amount(trace.statements)} />
    <Fact name="Rows read" value={amount(trace.rowsRead)} />
    <Fact name="Rows written" value={amount(trace.rowsWritten)} />
    <Fact name="Keys in KV" value={`${amount(trace.kvHits)} of ${amount(trace.kvReads)} found`} />
  </>
);

const Fields = ({ fields }: { readonly fields: readonly FieldConsistency[] }) => (
  <table>
    <caption>How fresh</caption>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">From</th>
        <th scope="col">Age</th>
        <th scope="col">Mode</th>
      </tr>
    </thead>
    <tbody>
      {fields.map(({ path, source, ageMs, mode, shards }) => (
        <tr key={path.join('.')}>
          <td>{path.join('.')}</td>
          <td>{source === undefined ? '–' : source === 'shard' ? count(shards ?? 1, 'shard') : sourceName(source)}</td>
          <td>{ageMs === undefined ? '–' : milliseconds(ageMs)}</td>
          <td>{mode}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Steps({ steps }: { readonly steps: readonly TraceStep[] }) {
  const endMs = Math.max(1, ...steps.map(({ startMs, durationMs }) => startMs + durationMs));
  return (
    <section aria-label="Steps">
      <h3>Steps</h3>
      <ol>
        {steps.map((step, at) => (
          <li key={at}>
            <Step step={step} endMs={endMs} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Step({ step, endMs }: { readonly step: TraceStep; readonly endMs: number }) {
  const { startMs, durationMs, statements = [], error } = step;
  const line = (
    <>
      <span>
        {labelOf(step)}
        {error && <strong> {error}</strong>}
      </span>
      <span>{milliseconds(durationMs)}</span>
      <span className="shardql-bar" aria-hidden="true">
        <span
          style={{
            marginLeft: `${(startMs / endMs) * 100}%`,
            width: `max(2px, ${(durationMs / endMs) * 100}%)`,
          }}
        />
      </span>
    </>
  );
  if (statements.length === 0) return <div className="shardql-step">{line}</div>;
  return (
    <details>
      <summary className="shardql-step">{line}</summary>
      {statements.map((statement, at) => (
        <Statement key={at} statement={statement} />
      ))}
    </details>
  );
}

function labelOf({ step, method, operation, shard, shards, keys, attempts, rowsRead, rowsWritten }: TraceStep): string {
  const parts = [
    [step === 'shard' ? (shard ?? step) : step, method ?? operation].filter(Boolean).join(' '),
    ...(shards ? [`for ${count(shards.length, 'shard')}`] : []),
    ...(keys === undefined ? [] : [count(keys, 'key')]),
    ...(rowsRead === undefined ? [] : [count(rowsRead, 'row read')]),
    ...(rowsWritten ? [`${amount(rowsWritten)} written`] : []),
    ...(attempts === undefined ? [] : [count(attempts, 'attempt')]),
  ];
  return parts.join(', ');
}

const Statement = ({
  statement: { sql, shard, times, rowsRead, rowsWritten },
}: {
  readonly statement: TracedStatement;
}) => (
  <figure>
    <figcaption>
      {[
        ...(shard ? [shard] : []),
        ...(times > 1 ? [`${amount(times)} times`] : []),
        count(rowsRead, 'row read'),
        ...(rowsWritten > 0 ? [`${amount(rowsWritten)} written`] : []),
      ].join(', ')}
    </figcaption>
    <pre>{sql}</pre>
  </figure>
);

const Plans = ({ plans }: { readonly plans: readonly TracedPlan[] }) => (
  <section aria-label="Plans">
    <h3>Plans</h3>
    {plans.map(({ path, keys, rowsRead, rowsReturned, plan }, at) => (
      <details key={at}>
        <summary>
          {`${path.join('.')}: ${count(keys, 'key')}, ${count(rowsRead, 'row read')}, ${amount(rowsReturned)} returned`}
        </summary>
        <pre>{plan.join('\n')}</pre>
      </details>
    ))}
  </section>
);

const amount = (value: number): string => value.toLocaleString('en-US');

/** `3 rows read` of `row read`: the first word is counted. */
function count(value: number, name: string): string {
  const [first, ...rest] = name.split(' ') as [string, ...string[]];
  return [amount(value), value === 1 ? first : `${first}s`, ...rest].join(' ');
}

const milliseconds = (value: number): string =>
  value >= 10_000 ? `${amount(Math.round(value / 100) / 10)} s` : `${amount(Math.round(value * 10) / 10)} ms`;

const sourceName = (source: string): string => (source === 'kv' ? 'KV' : source);

const ClockIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);
