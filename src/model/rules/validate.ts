import { driverToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { whereColumn, whereTable } from '../model-draft.ts';
import { anyCode, code } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ColumnModel } from '../types.ts';
import { declaredRules, isJudge } from '../validation.ts';
import { WIRE_KINDS } from '../wire-kinds.ts';
import type { ModelRule } from './rule.ts';

/** A written row comes back beside its primary key, in one result. */
const MAX_RULED_COLUMNS = 90;

const TEXT_RULES = ['minLength', 'maxLength', 'pattern'];
const BOUND_RULES = ['min', 'max'];

/** Rules of `validate` fit their columns, can be kept, and answer at once. */
export const validateRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    if (table.validate === null) continue;
    const { row } = table.validate;
    if (table.columns.length > MAX_RULED_COLUMNS) {
      report({
        where: `${whereTable(table)}, validate`,
        message: `Expected rules of a table with at most ${MAX_RULED_COLUMNS} columns, but got ${table.columns.length}.`,
        remedy: 'Move columns to a second table with the same key, or into a JSON column.',
      });
    }
    if (row !== undefined && isAsync(row)) {
      report({ where: `${whereTable(table)}, validate.row`, message: ASYNC_MESSAGE, remedy: ASYNC_REMEDY });
    }
    for (const [name, rules] of declaredRules(table.validate)) {
      const flaw = flawOf(table, table.columnByName.get(name), rules);
      if (flaw !== null) report({ where: `${whereColumn(table, name)}, validate`, ...flaw });
    }
  }
};

interface Flaw {
  readonly message: string;
  readonly remedy: string;
}

const ASYNC_MESSAGE = 'Expected a rule that answers at once, but got an async one.';
const ASYNC_REMEDY = 'Write one that is not async: rows are judged inside their transaction, which waits for nothing.';

/** As far as it shows: of functions where the code was not compiled down, of valibot's schemas, and not of zod's. */
const isAsync = (rule: unknown): boolean =>
  Object.prototype.toString.call(rule) === '[object AsyncFunction]' ||
  (isJudge(rule) && (rule as { readonly async?: boolean }).async === true);

function flawOf(table: TableDraft, column: ColumnModel | undefined, rules: unknown): Flaw | null {
  if (column === undefined) {
    return {
      message: 'Expected validate.columns to name columns, but got no such column.',
      remedy: `Name properties of the Drizzle table: ${table.columns.map(({ name }) => name).join(', ')}.`,
    };
  }
  if (column.name === table.softDelete) {
    return {
      message: 'Expected rules for columns that clients write, but got the column of softDelete.',
      remedy: 'Leave it out: the moment of a delete is written by ShardQL.',
    };
  }
  if (isJudge(rules)) return isAsync(rules) ? { message: ASYNC_MESSAGE, remedy: ASYNC_REMEDY } : null;
  const known = rulesFor(column);
  const remedy = `Write ${known.length === 0 ? '' : `${anyCode(known)} in an object, `}a function of the value, or a schema.`;
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) {
    return {
      message: `Expected rules, a function or a schema, but got ${Array.isArray(rules) ? 'a list' : typeof rules}.`,
      remedy,
    };
  }
  const unknown = Object.keys(rules).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return {
      message: `Expected ${known.length === 0 ? `no rules by name for ${column.scalar}` : `the rules ${known.join(', ')}`}, but got "${unknown}".`,
      remedy,
    };
  }
  const given = rules as NamedRules;
  return lengthFlaw(given) ?? patternFlaw(given) ?? boundsFlaw(column, given);
}

/** The rules by name that a column may have. */
function rulesFor({ scalar, wire }: ColumnModel): readonly string[] {
  switch (scalar) {
    case 'String':
      return TEXT_RULES;
    case 'ID':
      return wire === 'text' ? TEXT_RULES : wire === 'blob' ? [] : BOUND_RULES;
    case 'Int':
    case 'Float':
    case 'BigInt':
    case 'Decimal':
    case 'DateTime':
      return BOUND_RULES;
    default:
      return [];
  }
}

type NamedRules = Readonly<Record<string, unknown>>;

function lengthFlaw({ minLength, maxLength }: NamedRules): Flaw | null {
  const wrong = Object.entries({ minLength, maxLength }).find(
    ([, length]) => length !== undefined && !(Number.isSafeInteger(length) && (length as number) >= 0),
  );
  if (wrong !== undefined) {
    return {
      message: `Expected ${wrong[0]} to be a number of characters, but got ${JSON.stringify(wrong[1])}.`,
      remedy: 'Write a whole number from 0, or leave it out.',
    };
  }
  if (minLength === undefined || maxLength === undefined || Number(minLength) <= Number(maxLength)) return null;
  return {
    message: `Expected a minLength of at most maxLength, but got ${minLength} and ${maxLength}.`,
    remedy: `Change them over: ${code(`{ minLength: ${maxLength}, maxLength: ${minLength} }`)}.`,
  };
}

function patternFlaw({ pattern }: NamedRules): Flaw | null {
  if (pattern === undefined) return null;
  if (!(pattern instanceof RegExp)) {
    return {
      message: `Expected a regular expression as pattern, but got ${typeof pattern}.`,
      remedy: `Write it between slashes, such as ${code('/^[a-z]+$/')}.`,
    };
  }
  if (!pattern.global && !pattern.sticky) return null;
  const flags = pattern.flags.replace(/[gy]/g, '');
  return {
    message: `Expected a pattern without the flags g and y, which go on where the last match ended, but got ${pattern}.`,
    remedy: `Write ${code(`/${pattern.source}/${flags}`)}.`,
  };
}

function boundsFlaw(column: ColumnModel, { min, max }: NamedRules): Flaw | null {
  try {
    const bounds = [min, max].map((bound) => (bound === undefined ? null : driverToWire(column, bound)));
    const nothing = [min, max].find((bound) => bound === null);
    if (nothing !== undefined) throw new InvalidValueError('a bound', nothing);
    const [low, high] = bounds;
    if (low === null || high === null || WIRE_KINDS[column.wire].compare(low!, high!) <= 0) return null;
    return {
      message: `Expected a min of at most max, but got ${low} and ${high}.`,
      remedy: 'Change them over.',
    };
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return {
      message: error.message.replace('Expected', 'Expected min and max to be values of the column:'),
      remedy: `Write values that ${column.scalar} holds, or leave them out.`,
    };
  }
}
