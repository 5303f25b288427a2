import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { announce } from '../app/announce.tsx';
import { type Call, CallFailure } from '../calls/call.ts';
import { send } from '../calls/send.ts';
import { CurlButton } from './copy-button.tsx';
import { Failed } from './panel.tsx';

interface ActionProps<Data> {
  readonly label: string;
  readonly call: Call;
  /** Told when it is done. */
  readonly told: (data: Data) => string;
  readonly onDone: (data: Data) => void;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
}

/** A button that does something at once, with the command that does the same beside it. */
export function ActionButton<Data>({ label, call, told, onDone, isPrimary, isDisabled }: ActionProps<Data>) {
  const { isBusy, failure, run } = useAction<Data>();
  const act = () =>
    run(call, (data) => {
      announce(told(data));
      onDone(data);
    });
  return (
    <span class="action">
      <button type="button" class={isPrimary ? 'primary' : undefined} disabled={isBusy || isDisabled} onClick={act}>
        {isBusy ? 'Working…' : label}
      </button>
      <CurlButton call={call} of={label} />
      {failure && <Failed failure={failure} />}
    </span>
  );
}

interface ConfirmedProps<Preview, Done> {
  readonly label: string;
  /** Title of the dialog. */
  readonly title: string;
  /** A mutation with the variables `$preview` and `$confirmation`. */
  readonly call: Call;
  readonly preview: (data: Preview) => ComponentChildren;
  /** Null: there is nothing to do. */
  readonly tokenOf: (data: Preview) => string | null | undefined;
  /** What the second button says. */
  readonly verb: string;
  readonly told: (data: Done) => string;
  readonly onDone: (data: Done) => void;
  readonly isDisabled?: boolean;
}

/** A button that shows what would be done, and does it when that is confirmed: with the token that the preview gave. */
export function ConfirmedAction<Preview, Done = Preview>(props: ConfirmedProps<Preview, Done>) {
  const { label, title, call, preview, tokenOf, verb, told, onDone, isDisabled } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [shown, setShown] = useState<Preview | null>(null);
  const { isBusy, failure, run } = useAction<Preview | Done>();
  const id = useId();
  const asked: Call = { ...call, variables: { ...call.variables, preview: true } };
  const token = shown === null ? null : tokenOf(shown);
  const confirmed: Call = { ...call, variables: { ...call.variables, preview: false, confirmation: token } };
  const open = () => {
    setShown(null);
    dialog.current?.showModal();
    void run(asked, (data) => setShown(data as Preview));
  };
  const confirm = () =>
    run(confirmed, (data, isWhole) => {
      // What has failed beside it is shown in the dialog.
      if (isWhole) dialog.current?.close();
      setShown(null);
      announce(told(data as Done));
      onDone(data as Done);
    });
  return (
    <>
      <button type="button" disabled={isDisabled} onClick={open}>
        {label}
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby={id}>
        <h2 id={id}>{title}</h2>
        {failure && <Failed failure={failure} onRetry={open} />}
        {isBusy && <p role="status">Working…</p>}
        {shown && (
          <>
            {preview(shown)}
            <CurlButton call={asked} of={`${title}: preview`} />
          </>
        )}
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
          {token && (
            <>
              <CurlButton call={confirmed} of={title} />
              <button type="button" class="danger" disabled={isBusy} onClick={confirm}>
                {verb}
              </button>
            </>
          )}
        </div>
      </dialog>
    </>
  );
}

/** Sends one call at a time. */
export function useAction<Data>() {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<CallFailure | null>(null);
  const run = async (call: Call, done: (data: Data, isWhole: boolean) => void): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const { data, failure: partial } = await send<Data>(call);
      done(data, partial === null);
      setFailure(partial);
    } catch (error) {
      setFailure(error instanceof CallFailure ? error : new CallFailure('INTERNAL', String(error)));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, run, clear: () => setFailure(null) };
}
