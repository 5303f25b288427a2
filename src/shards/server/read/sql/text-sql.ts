import { type LikePattern, parseLike } from '../../../../lib/like-pattern.ts';
import type { TextOperator } from '../../../plan/filter.ts';
import type { ValueRef } from '../../../plan/value.ts';
import { FALSE_SQL, TRUE_SQL } from '../../../sql/sql-text.ts';
import { PATTERN_DEPTH } from './expression.ts';
import type { Parameters, Scope } from './parameters.ts';

/**
 * SQL of the text operators. SQLite's LIKE and GLOB limit patterns to 50 bytes, and its `length` and `substr` of
 * texts stop at NUL, so everything here compares bytes: in valid UTF-8, byte matches are code point matches.
 *
 * `lower` folds ASCII only, while the contract is JavaScript's `toLowerCase`. Where `lower(text)` satisfies an operator
 * against the folded operand, so does the whole folding (it changes no lower-case letter), and for ASCII the converse
 * holds too. What is left, text with characters beyond ASCII that SQL did not find to match, is decided by JavaScript:
 * `decided` is the JSON list of those values that match. See `../run/evaluate-text-predicate.ts`.
 */
interface TextOperand {
  readonly operator: TextOperator;
  readonly value: ValueRef;
  /** Column as text. */
  readonly column: string;
  readonly parameters: Parameters;
}

const stringAt = (scope: Scope, value: ValueRef): string => String(scope.values[value]);

/** Upper bound of the depth of the predicate's expression tree. */
export const predicateDepth = (operator: TextOperator): number =>
  operator === 'like' || operator === 'ilike' ? PATTERN_DEPTH : 9;

/** The predicate: NULL for NULL. `decided` gives the SQL of the list parameter. */
export function textPredicateSql(operand: TextOperand, decided: () => string): string {
  const { operator, column } = operand;
  switch (operator) {
    case 'contains':
      return `instr(${column}, ${bindOperand(operand)}) > 0`;
    case 'endsWith':
      return endsWithSql(column, bindOperand(operand));
    case 'startsWith':
      return startsWithRangeSql(operand, 'prefix', (value) => value);
    case 'like':
      return (
        `(${startsWithRangeSql(operand, 'pattern prefix', (value) => parseLike(value).prefix)} AND CASE` +
        ` WHEN ${column} IS NULL THEN NULL` +
        ` WHEN ${bindDecision(operand)} <> 'none' THEN ${likeSql(operand, column)}` +
        ` ELSE ${inListSql(column, decided())} END)`
      );
    default:
      return (
        `CASE WHEN ${column} IS NULL THEN NULL WHEN ${foldedSql(operand)} THEN ${TRUE_SQL}` +
        ` ELSE ${inListSql(column, decided())} END`
      );
  }
}

/** Condition on the values that JavaScript has to look at; null if SQL decides all of them. */
export function undecidedSql(operand: TextOperand): string | null {
  const { operator, column } = operand;
  switch (operator) {
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return null;
    case 'like':
      return (
        `(${startsWithRangeSql(operand, 'pattern prefix', (value) => parseLike(value).prefix)}` +
        ` AND instr(${column}, ${bindPart(operand, 'middle')}) > 0)`
      );
    case 'ilike':
      return (
        `CASE WHEN ${bindDecision(operand)} <> 'none' OR ${isBeyondAsciiSql(column)}` +
        ` THEN ${isBeyondAsciiSql(column)} AND NOT ${foldedSql(operand)}` +
        ` ELSE instr(lower(${column}), ${bindPart(operand, 'middle')}) > 0 END`
      );
    default:
      return `(${isBeyondAsciiSql(column)} AND NOT ${foldedSql(operand)})`;
  }
}

/** True if SQL alone decides the operator for this operand. */
export const isDecidedBySql = (operator: TextOperator, operand: string): boolean =>
  operator === 'like' && parseLike(operand).decision !== 'none';

/** SQL finds the folded operand in the ASCII-folded column. Never true where JavaScript would say false. */
function foldedSql(operand: TextOperand): string {
  const lowered = `lower(${operand.column})`;
  switch (operand.operator) {
    case 'ieq':
      return `${lowered} = ${bindOperand(operand)}`;
    case 'icontains':
      return `instr(${lowered}, ${bindOperand(operand)}) > 0`;
    case 'istartsWith':
      return startsWithSql(lowered, bindOperand(operand));
    case 'iendsWith':
      return endsWithSql(lowered, bindOperand(operand));
    default:
      return likeSql(operand, lowered);
  }
}

/** Octets and characters differ in number for every text beyond ASCII (and, `length` being what it is, with a NUL). */
const isBeyondAsciiSql = (text: string): string => `octet_length(${text}) <> length(${text})`;

// SQLite's substr of an empty blob is NULL, hence the case of its own.
const startsWithSql = (text: string, prefix: string): string =>
  `CASE ${text} WHEN '' THEN ${prefix} = '' ELSE` +
  ` substr(CAST(${text} AS BLOB), 1, octet_length(${prefix})) = CAST(${prefix} AS BLOB) END`;

const endsWithSql = (text: string, suffix: string): string =>
  `CASE ${text} WHEN '' THEN ${suffix} = '' ELSE` +
  ` substr(CAST(${text} AS BLOB), -octet_length(${suffix}), octet_length(${suffix})) = CAST(${suffix} AS BLOB) END`;

/** Texts from the prefix up to the first text beyond all that start with it: an index range, and exact. */
function startsWithRangeSql(
  { column, value, parameters }: TextOperand,
  id: string,
  prefixOf: (value: string) => string,
) {
  const prefix = parameters.use(`${id} ${value}`, (scope) => prefixOf(stringAt(scope, value)));
  const successor = parameters.use(`${id} successor ${value}`, (scope) =>
    textSuccessor(prefixOf(stringAt(scope, value))),
  );
  // Blobs sort after all texts.
  return `(${column} >= ${prefix} AND ${column} < coalesce(${successor}, x''))`;
}

/** Decides patterns of the forms `equal` and `around`; false for others. */
function likeSql(operand: TextOperand, text: string): string {
  const prefix = bindPart(operand, 'prefix');
  const middle = bindPart(operand, 'middle');
  const suffix = bindPart(operand, 'suffix');
  const outer = `octet_length(${prefix}) - octet_length(${suffix})`;
  return (
    `CASE ${bindDecision(operand)} WHEN 'equal' THEN ${text} = ${prefix} WHEN 'around' THEN` +
    ` octet_length(${text}) >= octet_length(${prefix}) + octet_length(${suffix})` +
    ` AND ${startsWithSql(text, prefix)} AND ${endsWithSql(text, suffix)}` +
    ` AND instr(CASE ${text} WHEN '' THEN x'' ELSE` +
    ` substr(CAST(${text} AS BLOB), 1 + octet_length(${prefix}), octet_length(${text}) - ${outer}) END,` +
    ` CAST(${middle} AS BLOB)) > 0 ELSE ${FALSE_SQL} END`
  );
}

const inListSql = (text: string, list: string): string => `${text} IN (SELECT value FROM json_each(${list}))`;

const isFolded = (operator: TextOperator): boolean => operator !== 'like' && operator.startsWith('i');

function bindOperand({ operator, value, parameters }: TextOperand): string {
  if (!isFolded(operator)) return parameters.use(`text ${value}`, (scope) => stringAt(scope, value));
  return parameters.use(`folded ${value}`, (scope) => stringAt(scope, value).toLowerCase());
}

function bindPart(operand: TextOperand, part: 'prefix' | 'middle' | 'suffix'): string {
  return bindPattern(operand, part, (pattern) => pattern[part]);
}

const bindDecision = (operand: TextOperand): string => bindPattern(operand, 'decision', (pattern) => pattern.decision);

function bindPattern(operand: TextOperand, part: string, read: (pattern: LikePattern) => string): string {
  const { operator, value, parameters } = operand;
  const fold = operator === 'ilike';
  return parameters.use(`${operator} ${part} ${value}`, (scope) => {
    const pattern = stringAt(scope, value);
    return read(parseLike(fold ? pattern.toLowerCase() : pattern));
  });
}

const LAST_CODE_POINT = 0x10ffff;

/**
 * The least text greater than every text that starts with `prefix`, by code point; null if there is none (nothing but
 * U+10FFFF).
 */
export function textSuccessor(prefix: string): string | null {
  const characters = [...prefix];
  while (characters.length > 0) {
    const last = characters.pop()!.codePointAt(0)!;
    if (last === LAST_CODE_POINT) continue;
    // Surrogates are no characters.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return characters.join('') + String.fromCodePoint(next);
  }
  return null;
}
