import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Call, CallFailure } from './call.ts';
import { credential } from './credential.ts';
import { isLive } from './live.ts';
import { type Answer, send } from './send.ts';

export interface CallState<Data> {
  /** Null: there is no call. */
  readonly call: Call | null;
  /** Of the last answer: also while another is waited for, and where that has failed. Null: there was none yet. */
  readonly data: Data | null;
  readonly extensions: Answer<Data>['extensions'];
  /** Of the last call, if it or a part of it has failed. */
  readonly failure: CallFailure | null;
  /** The data are those of an earlier call, since the last one has failed. */
  readonly isOutdated: boolean;
  readonly isLoading: boolean;
  /** When the last answer came, in milliseconds since 1970. */
  readonly atMs: number | null;
  readonly reload: () => void;
}

interface Options {
  /** Ask again so many milliseconds after each answer, as long as the page can be seen. Default: never. */
  readonly everyMs?: number;
}

/** What became of a call. */
interface Outcome<Data> {
  readonly key: string | null;
  readonly answer: Answer<Data> | null;
  readonly atMs: number | null;
  readonly failure: CallFailure | null;
}

/** Sends a call when it changes. */
export function useCall<Data>(call: Call | null, { everyMs = 0 }: Options = {}): CallState<Data> {
  const key = call === null ? null : JSON.stringify([call, credential.value]);
  const [outcome, setOutcome] = useState<Outcome<Data>>({ key: null, answer: null, atMs: null, failure: null });
  const [isSending, setSending] = useState(false);
  const [turn, setTurn] = useState(0);
  const current = useRef(call);
  current.current = call;

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    setSending(true);
    send<Data>(current.current!, abort.signal)
      .then((answer) => {
        setOutcome({ key, answer, atMs: Date.now(), failure: answer.failure });
        setSending(false);
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const failure = error instanceof CallFailure ? error : new CallFailure('INTERNAL', String(error));
        // What the same call has answered before is still shown.
        setOutcome((before) =>
          before.key === key ? { ...before, failure } : { key, answer: null, atMs: null, failure },
        );
        setSending(false);
      });
    return () => abort.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const live = isLive.value;
  useEffect(() => {
    if (key === null || everyMs === 0 || isSending || !live) return;
    const timer = setTimeout(reload, everyMs);
    return () => clearTimeout(timer);
  }, [key, everyMs, isSending, live, reload]);

  // What another call has answered is not shown as this one's.
  const isOwn = outcome.key === key;
  return {
    call,
    data: isOwn ? (outcome.answer?.data ?? null) : null,
    extensions: isOwn ? (outcome.answer?.extensions ?? {}) : {},
    failure: isOwn ? outcome.failure : null,
    isOutdated: isOwn && outcome.failure !== null && outcome.failure !== outcome.answer?.failure,
    isLoading: key !== null && (isSending || !isOwn),
    atMs: isOwn ? outcome.atMs : null,
    reload,
  };
}
