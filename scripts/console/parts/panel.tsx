import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Call, CallFailure } from '../calls/call.ts';
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

/** What a call has answered, or why there is nothing. */
export function Answered<Data>({ state, children }: AnswerProps<Data>) {
  const { data, failure, isLoading } = state;
  return (
    <>
      {failure && <Failed failure={failure} onRetry={state.reload} />}
      {data ? <div class={failure ? 'outdated' : undefined}>{children(data)}</div> : isLoading && <Loading />}
    </>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading…
    </p>
  );
}

export function Failed({ failure, onRetry }: { readonly failure: CallFailure; readonly onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>
        <code>{failure.code}</code> {failure.message}
      </p>
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
