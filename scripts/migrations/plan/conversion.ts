/**
 * How stored values of one form become those of another, in SQL. Values that have an exact equal are converted; others
 * stay what they were, as a BLOB where the column's affinity would change them, which no form takes for a value of its
 * own: the check at the end of the migration finds them.
 */
import type { StoredForm } from '../../../src/model/stored-form.ts';

export interface Conversion {
  /** From the SQL of a value to that of the converted one; null where the stored value stays as it is. */
  readonly sql: ((value: string) => string) | null;
  /** Some values that the old form holds have no equal in the new one. */
  readonly mayMisfit: boolean;
}

export type FormKind =
  | 'text'
  | 'enum'
  | 'iso'
  | 'json'
  | 'int32'
  | 'int53'
  | 'int64'
  | 'boolean'
  | 'seconds'
  | 'milliseconds'
  | 'real'
  | 'decimal'
  | 'bytes'
  | 'bigintBlob'
  | 'jsonBlob';

export function kindOf({ scalar, wire, dateTime }: StoredForm): FormKind {
  if (dateTime !== undefined) return dateTime;
  if (scalar === 'Enum') return 'enum';
  if (scalar === 'Boolean') return 'boolean';
  switch (wire) {
    case 'text':
      return scalar === 'JSON' ? 'json' : 'text';
    case 'int':
      return scalar === 'ID' ? 'int53' : 'int32';
    case 'blob':
      return 'bytes';
    default:
      return wire;
  }
}

/** Kinds whose values are stored alike: text, integers, numbers with fractions, bytes. */
const STORAGE = {
  text: 'text',
  enum: 'text',
  iso: 'text',
  json: 'text',
  int32: 'integer',
  int53: 'integer',
  int64: 'integer',
  boolean: 'integer',
  seconds: 'integer',
  milliseconds: 'integer',
  real: 'fraction',
  decimal: 'fraction',
  bytes: 'blob',
  bigintBlob: 'blob',
  jsonBlob: 'blob',
} as const satisfies Record<FormKind, string>;

type Storage = (typeof STORAGE)[FormKind];

/** Null if values of the one form cannot become values of the other. */
export function conversion(from: StoredForm, to: StoredForm): Conversion | null {
  const [source, target] = [kindOf(from), kindOf(to)];
  const mayMisfit = !isWithin(from, to);
  return convert(source, target, mayMisfit);
}

function convert(source: FormKind, target: FormKind, mayMisfit: boolean): Conversion | null {
  if (source === target) return { sql: null, mayMisfit };
  const special = SPECIAL[`${source} ${target}`];
  if (special !== undefined) return { sql: special, mayMisfit };
  const between: `${Storage} ${Storage}` = `${STORAGE[source]} ${STORAGE[target]}`;
  switch (between) {
    case 'text text':
    case 'integer integer':
      return { sql: null, mayMisfit };
    case 'blob blob':
      return source === 'bytes' || target === 'bytes' ? { sql: null, mayMisfit } : null;
    case 'fraction fraction':
      return { sql: source === 'real' ? realToDecimal : integerToReal, mayMisfit };
    case 'integer fraction':
      return { sql: target === 'real' ? integerToReal : integerToDecimal, mayMisfit };
    case 'fraction integer':
      return { sql: fractionToInteger, mayMisfit };
    case 'integer text':
      return { sql: (value) => `CAST(${value} AS TEXT)`, mayMisfit };
    case 'fraction text':
      return { sql: fractionToText, mayMisfit };
    case 'text integer':
      return { sql: textToInteger(target), mayMisfit };
    case 'text fraction':
      return { sql: textToFraction, mayMisfit };
    case 'text blob':
      return { sql: (value) => `CAST(${value} AS BLOB)`, mayMisfit };
    case 'blob text':
      return source === 'bytes' ? null : { sql: (value) => `CAST(${value} AS TEXT)`, mayMisfit };
    case 'blob integer':
      return source === 'bigintBlob'
        ? { sql: (value) => textToInteger(target)(`CAST(${value} AS TEXT)`), mayMisfit }
        : null;
    case 'integer blob':
      return target === 'bigintBlob' ? { sql: (value) => `CAST(CAST(${value} AS TEXT) AS BLOB)`, mayMisfit } : null;
    case 'fraction blob':
      return target === 'bigintBlob'
        ? { sql: (value) => `CAST(CAST(${fractionToInteger(value)} AS TEXT) AS BLOB)`, mayMisfit }
        : null;
    case 'blob fraction':
      return source === 'bigintBlob' ? { sql: (value) => textToFraction(`CAST(${value} AS TEXT)`), mayMisfit } : null;
  }
}

/** For each kind, those of which every value has an equal in it. Each has itself; enums are compared by their values. */
const WITHIN: Readonly<Record<FormKind, readonly FormKind[]>> = {
  text: [
    'enum',
    'iso',
    'json',
    'int32',
    'int53',
    'int64',
    'boolean',
    'seconds',
    'milliseconds',
    'real',
    'decimal',
    'bigintBlob',
    'jsonBlob',
  ],
  enum: [],
  iso: ['seconds', 'milliseconds'],
  json: ['int32', 'int53', 'int64', 'boolean', 'seconds', 'milliseconds', 'real', 'decimal', 'bigintBlob', 'jsonBlob'],
  int32: ['boolean'],
  int53: ['int32', 'boolean', 'seconds', 'milliseconds'],
  int64: ['int32', 'int53', 'boolean', 'seconds', 'milliseconds', 'bigintBlob'],
  boolean: [],
  seconds: ['int32', 'boolean'],
  milliseconds: ['int32', 'boolean', 'seconds'],
  real: ['int32', 'boolean', 'seconds', 'milliseconds', 'int53'],
  decimal: ['int32', 'boolean', 'seconds', 'milliseconds'],
  bytes: ['text', 'enum', 'iso', 'json', 'bigintBlob', 'jsonBlob'],
  bigintBlob: ['int32', 'int53', 'int64', 'boolean', 'seconds', 'milliseconds'],
  jsonBlob: ['json'],
};

function isWithin(from: StoredForm, to: StoredForm): boolean {
  const [source, target] = [kindOf(from), kindOf(to)];
  if (source !== target) return WITHIN[target].includes(source);
  return source !== 'enum' || from.values!.every((value) => to.values!.includes(value));
}

const ISO_FORMAT = "'%Y-%m-%dT%H:%M:%fZ'";

const isoToMilliseconds = (value: string): string =>
  `CASE WHEN strftime(${ISO_FORMAT}, ${value}) = ${value} THEN unixepoch(${value}) * 1000 + CAST(substr(${value}, 21, 3) AS INTEGER) ELSE ${kept(value)} END`;

const isoToSeconds = (value: string): string =>
  `CASE WHEN strftime(${ISO_FORMAT}, ${value}) = ${value} AND substr(${value}, 20) = '.000Z' THEN unixepoch(${value}) ELSE ${kept(value)} END`;

/** Conversions between kinds of which one knows what the values mean: moments, booleans. */
const SPECIAL: Readonly<Record<string, (value: string) => string>> = {
  'seconds milliseconds': (value) => `${value} * 1000`,
  'milliseconds seconds': (value) => `CASE WHEN ${value} % 1000 = 0 THEN ${value} / 1000 ELSE ${kept(value)} END`,
  'seconds iso': (value) => `strftime('%Y-%m-%dT%H:%M:%S.000Z', ${value}, 'unixepoch')`,
  'milliseconds iso': (value) => `strftime(${ISO_FORMAT}, ${value} / 1000.0, 'unixepoch')`,
  'boolean json': (value) => `CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE CAST(${value} AS TEXT) END`,
  'iso seconds': isoToSeconds,
  'text seconds': isoToSeconds,
  'iso milliseconds': isoToMilliseconds,
  'text milliseconds': isoToMilliseconds,
};

/** A value that has no equal, in a form that no affinity changes. */
const kept = (value: string): string => `CAST(${value} AS BLOB)`;

/** Integers beyond are not all doubles. */
const GREATEST_EXACT = '9007199254740992';

const integerToReal = (value: string): string =>
  `CASE WHEN typeof(${value}) <> 'integer' OR ${value} BETWEEN -${GREATEST_EXACT} AND ${GREATEST_EXACT} THEN CAST(${value} AS REAL) ELSE ${kept(value)} END`;

/** Decimals have up to 15 digits. */
const integerToDecimal = (value: string): string =>
  `CASE WHEN ${value} BETWEEN -999999999999999 AND 999999999999999 THEN ${value} ELSE ${kept(value)} END`;

const realToDecimal = (value: string): string =>
  `CASE WHEN CAST(printf('%!.15g', ${value}) AS REAL) = ${value} THEN ${value} ELSE ${kept(value)} END`;

const fractionToInteger = (value: string): string =>
  `CASE WHEN typeof(${value}) = 'integer' THEN ${value} WHEN ${value} = CAST(${value} AS INTEGER) AND ${value} BETWEEN -${GREATEST_EXACT} AND ${GREATEST_EXACT} THEN CAST(${value} AS INTEGER) ELSE ${kept(value)} END`;

const fractionToText = (value: string): string =>
  `CASE WHEN CAST(CAST(${value} AS TEXT) AS REAL) <> ${value} THEN printf('%!.17g', ${value}) ELSE CAST(${value} AS TEXT) END`;

/** Only texts that the integer is written as: SQLite itself would take `007` and ` 7` for 7. */
const textToInteger =
  (target: FormKind) =>
  (value: string): string => {
    const words = target === 'boolean' ? ` WHEN ${value} = 'true' THEN 1 WHEN ${value} = 'false' THEN 0` : '';
    return `CASE WHEN CAST(CAST(${value} AS INTEGER) AS TEXT) = ${value} THEN CAST(${value} AS INTEGER)${words} ELSE ${kept(value)} END`;
  };

/** Only plain decimal numbers of up to 15 digits, which doubles keep: SQLite itself would take ` 1e3` for 1000. */
const textToFraction = (value: string): string => {
  const unsigned = `CASE WHEN ${value} GLOB '-*' THEN substr(${value}, 2) ELSE ${value} END`;
  const conditions = [
    `${unsigned} GLOB '[0-9]*'`,
    `${unsigned} GLOB '*[0-9]'`,
    `${unsigned} NOT GLOB '*[^0-9.]*'`,
    `${unsigned} NOT GLOB '*.*.*'`,
    `${unsigned} NOT GLOB '0[0-9]*'`,
    `length(replace(${unsigned}, '.', '')) <= 15`,
  ];
  return `CASE WHEN ${conditions.join(' AND ')} THEN CAST(${value} AS REAL) ELSE ${kept(value)} END`;
};
