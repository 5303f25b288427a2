/** What a stored value of one form is in another: reckoned in JavaScript, to hold the SQL of the migration to. */
import type { StoredForm } from '../../../src/model/stored-form.ts';
import { type FormKind, kindOf } from '../plan/conversion.ts';
import type { SqlValue } from './sql-value.ts';

/** The value has no equal in the form. */
export const MISFIT = Symbol('misfit');

type Converted = Exclude<SqlValue, null> | typeof MISFIT;

export function convertedValue(from: StoredForm, to: StoredForm, value: Exclude<SqlValue, null>): Converted {
  const [source, target] = [kindOf(from), kindOf(to)];
  switch (target) {
    case 'text':
    case 'enum':
    case 'iso':
    case 'json':
      return fitText(to, toText(source, target, value));
    case 'int32':
    case 'int53':
    case 'int64':
    case 'boolean':
    case 'seconds':
    case 'milliseconds':
      return fitInteger(target, toInteger(source, target, value));
    case 'real':
    case 'decimal':
      return toFraction(source, target, value);
    case 'bytes':
    case 'bigintBlob':
    case 'jsonBlob':
      return fitBytes(target, toBytes(source, value));
  }
}

const isMoment = (kind: FormKind): boolean => kind === 'seconds' || kind === 'milliseconds';

function toText(source: FormKind, target: FormKind, value: Exclude<SqlValue, null>): string {
  if (target === 'iso' && isMoment(source)) {
    return new Date(Number(value) * (source === 'seconds' ? 1000 : 1)).toISOString();
  }
  if (source === 'boolean' && target === 'json') return String(value === 1n);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

function fitText(form: StoredForm, text: string): Converted {
  switch (kindOf(form)) {
    case 'enum':
      return form.values!.includes(text) ? text : MISFIT;
    case 'iso':
      return millisecondsOf(text) === null ? MISFIT : text;
    case 'json':
      return isJson(text) ? text : MISFIT;
    default:
      return text;
  }
}

/** Of a moment's one text. */
function millisecondsOf(text: string): number | null {
  const isForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
  const milliseconds = isForm ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== text ? null : milliseconds;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toInteger(source: FormKind, target: FormKind, value: Exclude<SqlValue, null>): bigint | typeof MISFIT {
  if (typeof value === 'bigint') {
    if (source === 'seconds' && target === 'milliseconds') return value * 1000n;
    if (source !== 'milliseconds' || target !== 'seconds') return value;
    return value % 1000n === 0n ? value / 1000n : MISFIT;
  }
  if (typeof value === 'number') return Math.abs(value) <= 2 ** 53 && Number.isInteger(value) ? BigInt(value) : MISFIT;
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  if (isMoment(target) && (source === 'text' || source === 'iso')) {
    const milliseconds = millisecondsOf(text);
    if (milliseconds === null) return MISFIT;
    if (target === 'milliseconds') return BigInt(milliseconds);
    return milliseconds % 1000 === 0 ? BigInt(milliseconds / 1000) : MISFIT;
  }
  if (target === 'boolean' && (text === 'true' || text === 'false')) return text === 'true' ? 1n : 0n;
  return integerOf(text) ?? MISFIT;
}

/** Of an integer's one text. */
function integerOf(text: string): bigint | null {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return null;
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : null;
}

const GREATEST: Readonly<Partial<Record<FormKind, readonly [bigint, bigint]>>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int53: [-(2n ** 53n) + 1n, 2n ** 53n - 1n],
  boolean: [0n, 1n],
  seconds: [-62167219200n, 253402300799n],
  milliseconds: [-62167219200000n, 253402300799999n],
};

function fitInteger(target: FormKind, value: bigint | typeof MISFIT): Converted {
  const [least, greatest] = GREATEST[target] ?? [-(2n ** 63n), 2n ** 63n - 1n];
  return value === MISFIT || value < least || value > greatest ? MISFIT : value;
}

function toFraction(source: FormKind, target: FormKind, value: Exclude<SqlValue, null>): Converted {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    const text = typeof value === 'string' ? value : new TextDecoder().decode(value);
    const isPlain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && text.replace(/[-.]/g, '').length <= 15;
    return isPlain ? Number(text) : MISFIT;
  }
  if (source === target) return value;
  if (typeof value === 'number') {
    return target === 'real' || Number(value.toPrecision(15)) === value ? value : MISFIT;
  }
  const greatest = target === 'real' ? 2n ** 53n : 10n ** 15n - 1n;
  if (value > greatest || value < -greatest) return MISFIT;
  return target === 'real' ? Number(value) : value;
}

function toBytes(source: FormKind, value: Exclude<SqlValue, null>): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const whole = typeof value === 'number' ? toInteger(source, 'int64', value) : value;
  return new TextEncoder().encode(whole === MISFIT ? '' : toText(source, 'text', whole));
}

function fitBytes(target: FormKind, value: Uint8Array): Converted {
  const text = new TextDecoder().decode(value);
  if (target === 'bigintBlob') return integerOf(text) === null ? MISFIT : value;
  return target === 'jsonBlob' && !isJson(text) ? MISFIT : value;
}
