/** How traces cross from one program to the next: the headers of W3C Trace Context (www.w3.org/TR/trace-context, of 2021-11-23). */

export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** Of the sender's span: 16 hexadecimal digits, not all zero. */
  readonly parentId: string;
  /** The sender records its part of the trace. */
  readonly isSampled: boolean;
  /** `tracestate`, at most {@link MAX_STATE_LENGTH} characters of it; null: there is none, or none that is well-formed. */
  readonly state: string | null;
}

/** Length of a `traceparent` of version 00, and of the part of later ones that every version has. */
const LENGTH = 55;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** Names no version. */
const NO_VERSION = 'ff';

const ALL_ZERO = /^0+$/;

/** The only flag that version 00 has. */
const SAMPLED = 1;

/**
 * Reads both headers. Null where there is no trace to continue: `traceparent` is absent, malformed, or given more than once (its values
 * are then joined by commas). `tracestate` never decides that.
 */
export function readTraceContext(traceparent: string | null, tracestate: string | null): TraceContext | null {
  if (traceparent === null || traceparent.length < LENGTH) return null;
  const match = TRACEPARENT.exec(traceparent);
  if (match === null) return null;
  const [, version, traceId, parentId, flags] = match as unknown as [string, string, string, string, string];
  if (version === NO_VERSION || ALL_ZERO.test(traceId) || ALL_ZERO.test(parentId)) return null;
  // Later versions may have more after another dash.
  if (traceparent.length > LENGTH && (version === '00' || traceparent[LENGTH] !== '-')) return null;
  const isSampled = (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  const state = tracestate !== null && isTracestate(tracestate) ? shortState(tracestate) : null;
  return { traceId, parentId, isSampled, state };
}

/** Of version 00. Flags that it does not know are not passed on. */
export const formatTraceparent = (traceId: string, spanId: string, isSampled: boolean): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

const MAX_STATE_MEMBERS = 32;

/** Twice what everyone has to pass on (§3.3.1.5): senders are strangers, and what they send is in each request that goes on from here. */
const MAX_STATE_LENGTH = 1_024;

/** `key`, or `tenant@system`. */
const STATE_KEY = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;

/** Printable ASCII without comma and equals sign; its last character is no space. */
const STATE_VALUE = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/** True for a list of members by its grammar, each key once. Members may be empty, and are then passed on like the rest. */
function isTracestate(text: string): boolean {
  const members = text.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (members.length > MAX_STATE_MEMBERS) return false;
  const keys = new Set<string>();
  for (const member of members) {
    if (member === '') continue;
    const at = member.indexOf('=');
    const [key, value] = [member.slice(0, at), member.slice(at + 1)];
    if (at === -1 || !STATE_KEY.test(key) || !STATE_VALUE.test(value) || keys.has(key)) return false;
    keys.add(key);
  }
  return keys.size > 0;
}

/** Whole members only, those on the left first, which were added last; what is too long gives way to what follows. */
function shortState(text: string): string | null {
  if (text.length <= MAX_STATE_LENGTH) return text;
  const members = text.split(',');
  let short = '';
  for (const member of members) {
    const longer = short === '' ? member : `${short},${member}`;
    if (longer.length <= MAX_STATE_LENGTH) short = longer;
  }
  return short === '' ? null : short;
}
