import { announce } from '../app/announce.tsx';
import type { Call } from '../calls/call.ts';
import { asCurl } from '../calls/curl.ts';

interface Props {
  readonly text: () => string;
  readonly label: string;
  /** Told once it is done. */
  readonly told: string;
}

export function CopyButton({ text, label, told }: Props) {
  const copy = () =>
    navigator.clipboard.writeText(text()).then(
      () => announce(told),
      () => announce('The browser did not allow to copy.', { isFailure: true }),
    );
  return (
    <button type="button" class="quiet" onClick={copy}>
      {label}
    </button>
  );
}

/** @param of what the call is about, for those who hear which of several buttons this is. */
export function CurlButton({ call, of }: { readonly call: Call | null; readonly of: string }) {
  if (call === null) return null;
  return (
    <span class="curl">
      <CopyButton text={() => asCurl(call)} label="Copy as curl" told={`Copied: ${of}, as a command for your shell.`} />
    </span>
  );
}
