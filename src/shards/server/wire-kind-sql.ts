/** What SQL says of each wire kind; what can be said without it is in `src/model/wire-kinds.ts`. */
import type { WireKind } from '../../model/types.ts';

type Sql = (sql: string) => string;

interface WireKindSql {
  /** A parameter that holds a wire value, as the column stores it. */
  readonly bound: Sql;
  /** A wire value taken from JSON (text, number or NULL), as the column stores it. */
  readonly fromJson: Sql;
  /**
   * A wire value to compare with the bare column, which keeps indexes useful. JavaScript's safe integers need no cast: SQLite
   * compares INTEGER and REAL by exact value. Greater doubles do: 2^60 stands in JSON as 1152921504606847000, which is
   * another integer.
   */
  readonly operand: Sql;
  /** What `cellToWire` makes the wire value of, from the stored value. NULL stays NULL, except for bytes: see `readSql`. */
  readonly cell: Sql;
  /** The wire value itself, except that decimals come in SQLite's notation. Of a value that is not NULL. */
  readonly text: Sql;
  /** The stored value as it orders and counts, and a wire value to compare with that; left out: as it is. */
  readonly ordered?: { readonly stored: Sql; readonly operand: Sql };
  /** The stored value as `toToken` has it, as argument of `json_array`. NULL stays NULL. */
  readonly token: Sql;
  /** True for the stored values that `token` holds for, NULL among them; left out: for all. */
  readonly hasToken?: Sql;
  /** The storage that `cell` takes for granted: other values would look like wire values. Null: it takes none. */
  readonly cellStorage: 'integer' | 'blob' | null;
}

const bare: Sql = (sql) => sql;
const cast =
  (type: string): Sql =>
  (sql) =>
    `CAST(${sql} AS ${type})`;
const [asText, asInteger, asBlob] = [cast('TEXT'), cast('INTEGER'), cast('BLOB')];
const hex: Sql = (sql) => `lower(hex(${sql}))`;
const unhex: Sql = (sql) => `unhex(${sql})`;

/** NULL, which functions of texts take for an empty one, stays NULL. */
const unlessNull =
  (make: Sql): Sql =>
  (sql) =>
    `CASE WHEN ${sql} IS NOT NULL THEN ${make(sql)} END`;
/** As many digits as SQLite is certain of. */
const scientific15: Sql = (sql) => `printf('%!.14e', ${sql})`;
const bareKind: WireKindSql = {
  bound: bare,
  fromJson: bare,
  operand: bare,
  cell: bare,
  text: bare,
  token: bare,
  cellStorage: null,
};
const textInBlob: WireKindSql = {
  bound: asBlob,
  fromJson: asBlob,
  operand: asBlob,
  cell: asText,
  text: asText,
  token: asText,
  cellStorage: null,
};

export const WIRE_KIND_SQL: Readonly<Record<WireKind, WireKindSql>> = {
  text: bareKind,
  // JavaScript numbers bind as REAL.
  int: { ...bareKind, bound: asInteger, fromJson: asInteger },
  int64: {
    bound: asInteger,
    fromJson: asInteger,
    operand: asInteger,
    cell: asText,
    text: asText,
    token: asText,
    cellStorage: 'integer',
  },
  real: {
    ...bareKind,
    operand: cast('REAL'),
    token: unlessNull(scientific15),
    hasToken: (sql) => `${sql} IS NULL OR CAST(${scientific15(sql)} AS REAL) = ${sql}`,
  },
  decimal: {
    ...bareKind,
    bound: cast('NUMERIC'),
    fromJson: cast('NUMERIC'),
    operand: cast('NUMERIC'),
    text: asText,
    token: unlessNull(scientific15),
  },
  blob: {
    bound: bare,
    fromJson: unhex,
    operand: unhex,
    cell: hex,
    text: hex,
    token: unlessNull(hex),
    cellStorage: 'blob',
  },
  bigintBlob: { ...textInBlob, cellStorage: 'blob', ordered: { stored: asInteger, operand: asInteger } },
  jsonBlob: textInBlob,
};
