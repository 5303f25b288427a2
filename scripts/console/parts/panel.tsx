import type { ComponentChildren } from 'preact';
import { useErrorBoundary, useId, useRef } from 'preact/hooks';
import { type Call, CallFailure } from '../calls/call.ts';
import type { CallState } from '../calls/use-call.ts';
import { CurlButton } from './copy-button.tsx';

interface PanelProps {
  readonly title: string;
  /** What it shows, as a call. */
  readonly call?: Call | null;
  readonly about?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
}

export function Panel({ title, call = null, about, tools, children, isWide = false }: PanelProps) {
  const id = useId();
  return (
    <section class={isWide ? 'panel wide' : 'panel'} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        <div class="panel-tools">
          {tools}
          <CurlButton call={call} of={title} />
        </div>
      </div>
      {about && <p class="hint">{about}</p>}
      {children}
    </section>
  );
}

interface AnswerProps<Data> {
  readonly state: CallState<Data>;
  readonly children: (data: NonNullable<Data>) => ComponentChildren;
}

/** What a call has answered, as much of it as has come, and why the rest has not. */
export function Answered<Data>({ state, children }: AnswerProps<Data>) {
  const { data, failure, isLoading, isOutdated, atMs, reload } = state;
  // A part that is missing where nobody expects it ends this panel, and no other.
  const brokenAtMs = useRef<number | null>(null);
  const [error] = useErrorBoundary(() => {
    brokenAtMs.current = atMs;
  });
  // The next answer is tried again.
  const isBroken = error !== undefined && brokenAtMs.current === atMs;
  const shown = failure ?? (isBroken ? new CallFailure('INTERNAL', String(error)) : null);
  return (
    <>
      {shown && <Failed failure={shown} onRetry={reload} />}
      {data && !isBroken && (
        <div class={isOutdated ? 'outdated' : undefined}>
          <Shown data={data} of={children} />
        </div>
      )}
      {!data && isLoading && <Loading />}
    </>
  );
}

/** A component of its own, so that what it throws is caught above it. */
function Shown<Data>({ data, of }: { readonly data: Data; readonly of: (data: Data) => ComponentChildren }) {
  return <>{of(data)}</>;
}

/** Messages of one failure that are shown. */
const MAX_MESSAGES = 5;

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading…
    </p>
  );
}

export function Failed({ failure, onRetry }: { readonly failure: CallFailure; readonly onRetry?: () => void }) {
  const others = [...new Set(failure.messages)].filter((message) => message !== failure.message);
  return (
    <div class="failure" role="alert">
      <p>
        <code>{failure.code}</code> {failure.message}
      </p>
      {others.slice(0, MAX_MESSAGES).map((message) => (
        <p key={message}>{message}</p>
      ))}
      {others.length > MAX_MESSAGES && <p>{others.length - MAX_MESSAGES} more.</p>}
      {failure.requestId && (
        <p class="hint">
          Request <code>{failure.requestId}</code>
        </p>
      )}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** In the place of figures that only the monitor has. */
export function WithoutMonitor() {
  return (
    <Empty>
      This deployment has no monitor, so there are no figures. Bind the Durable Object <code>Monitor</code> as{' '}
      <code>MONITOR</code> in wrangler.toml, as <code>docs/alerts.md</code> says, and deploy.
    </Empty>
  );
}
