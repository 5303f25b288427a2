/**
 * What the compiler says of a declaration, said again at the start: models are started without being compiled first. Looks at
 * the form alone; what the parts mean is for the rules to judge.
 */
import { is, SQL } from 'drizzle-orm';
import { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { columnNamesOf } from './column-model.ts';
import type { CacheOptions, ModelOptions, RelationDeclaration, TableEntry } from './declaration.ts';
import type { ReportProblem } from './model-error.ts';
import { code, textCode } from './snippets.ts';
import { tableConfigOf } from './table-config.ts';
import { GLOBAL_ID_FIELDS } from './types.ts';
import type { ValidateOptions } from './validate-options.ts';
import { isJudge } from './validation.ts';

/** Complete by its type: an option that is missing here does not compile. */
const ENTRY_OPTIONS: Readonly<Record<keyof TableEntry, Form>> = {
  table: { is: () => true, expected: '' },
  shardKey: { is: isText, expected: 'the name of a column' },
  search: { is: isTextList, expected: 'a list of names of columns' },
  domain: { is: isText, expected: 'a name' },
  cache: { is: isObject, expected: 'an object of options' },
  validate: { is: isObject, expected: 'an object of rules' },
  softDelete: { is: isText, expected: 'the name of a column' },
  access: { is: isObject, expected: 'an object of rules by role' },
  single: { is: isString, expected: 'a name' },
  list: { is: isString, expected: 'a name' },
};
const CACHE_OPTIONS: Readonly<Record<keyof CacheOptions, Form>> = {
  mode: { is: isText, expected: 'a mode' },
  strongest: { is: isText, expected: 'a mode' },
  weakest: { is: isText, expected: 'a mode' },
  maxStalenessMs: { is: isNumber, expected: 'a number' },
  ttlSeconds: { is: isNumber, expected: 'a number' },
  swrSeconds: { is: isNumber, expected: 'a number' },
  refresh: { is: isText, expected: 'a policy' },
  strongColumns: { is: isTextList, expected: 'a list of names of columns' },
  staleAccess: { is: isBoolean, expected: 'true or false' },
};
const VALIDATE_OPTIONS: Readonly<Record<keyof ValidateOptions, Form>> = {
  columns: { is: isObject, expected: 'an object of rules by column' },
  row: { is: isJudge, expected: 'a function of the row, or a schema' },
};
const COLUMNS: Form = {
  is: (value) => isText(value) || (isTextList(value) && value.length > 0),
  expected: 'a name of a column, or a list of names',
};
const JOIN_OPTIONS = { type: { is: isText, expected: 'a type' }, from: COLUMNS, to: COLUMNS };
const RELATION_OPTIONS = {
  from: COLUMNS,
  to: COLUMNS,
  foreignKey: { is: isText, expected: 'the name of a foreign key' },
  through: { is: (value: unknown) => isText(value) || isObject(value), expected: 'a type, or { type, from, to }' },
};

const MODEL_OPTIONS: Readonly<Record<keyof ModelOptions, Form>> = {
  globalIdField: {
    is: (value) => GLOBAL_ID_FIELDS.some((name) => name === value),
    // Made for a message alone: not at each start.
    get expected() {
      return GLOBAL_ID_FIELDS.map(textCode).join(' or ');
    },
  },
};

/** What an option's value has to look like. */
interface Form {
  readonly is: (value: unknown) => boolean;
  readonly expected: string;
}

/** The entries that have the form of entries, of tables that can be read. */
export function checkEntries(entries: unknown, report: ReportProblem): Readonly<Record<string, TableEntry>> {
  if (!isObject(entries) || Object.keys(entries).length === 0) {
    report({
      where: 'The model',
      message: `Expected an entry for each table, by type, but got ${describe(entries)}.`,
      remedy: 'Write defineModel({ Note: { table: notes, shardKey: … } }), for a table notes.',
    });
    return {};
  }
  return Object.fromEntries(
    Object.entries(entries).filter(([type, entry]) => checkEntry(type, entry, report)),
  ) as Readonly<Record<string, TableEntry>>;
}

function checkEntry(type: string, entry: unknown, report: ReportProblem): entry is TableEntry {
  if (!isObject(entry) || !is(entry.table, SQLiteTable)) {
    const got = !isObject(entry) || is(entry, SQLiteTable) ? describe(entry) : `${describe(entry.table)} as table`;
    report({
      where: type,
      message: `Expected an entry with a table of Drizzle's SQLite core, but got ${got}.`,
      remedy: `Write ${type}: { table, shardKey }, with what sqliteTable(…) gave as table.`,
    });
    return false;
  }
  const where = `${type} (table "${getName(entry.table)}")`;
  const isSound = checkOptions(where, entry, ENTRY_OPTIONS, report);
  const isCacheSound =
    entry.cache === undefined ||
    !isObject(entry.cache) ||
    checkOptions(`${where}, cache`, entry.cache, CACHE_OPTIONS, report);
  const isValidateSound =
    entry.validate === undefined ||
    !isObject(entry.validate) ||
    checkOptions(`${where}, validate`, entry.validate, VALIDATE_OPTIONS, report);
  return isSound && isCacheSound && isValidateSound && checkConstraints(where, entry.table, report);
}

/** Constraints name their columns as `t.name`: a name that is not there is undefined. */
function checkConstraints(where: string, table: SQLiteTable, report: ReportProblem): boolean {
  const sound = (): boolean => {
    const { primaryKeys, uniqueConstraints, indexes, foreignKeys } = tableConfigOf(table);
    const columns: readonly unknown[] = [
      ...[...primaryKeys, ...uniqueConstraints].flatMap((constraint) => constraint.columns),
      ...foreignKeys.flatMap((key) => [...key.reference().columns, ...key.reference().foreignColumns]),
    ];
    const terms = indexes.flatMap(({ config }) => config.columns as readonly unknown[]);
    return (
      columns.every((column) => is(column, SQLiteColumn)) &&
      terms.every((term) => is(term, SQLiteColumn) || is(term, SQL))
    );
  };
  try {
    if (sound()) return true;
  } catch {
    // Drizzle makes names of constraints from those of their columns.
  }
  report({
    where,
    message:
      'Expected keys, indexes and foreign keys over columns that are there, but got one over a column that is not.',
    remedy: `Look for a wrong name after "t.": the table has ${[...columnNamesOf(table).values()].join(', ')}.`,
  });
  return false;
}

/** The options of the whole model. */
export function checkModelOptions(options: unknown, report: ReportProblem): ModelOptions {
  const where = 'The model';
  if (isObject(options)) return checkOptions(where, options, MODEL_OPTIONS, report) ? options : {};
  report({
    where,
    message: `Expected an object of options, but got ${describe(options)}.`,
    remedy: "Write { globalIdField: 'id' } as third argument of defineModel, or leave it out.",
  });
  return {};
}

type Declarations = Readonly<Record<string, Readonly<Record<string, RelationDeclaration>> | undefined>>;

/** The relations that have the form of relations. */
export function checkRelations(relations: unknown, report: ReportProblem): Declarations {
  if (!isObject(relations)) {
    report({
      where: 'Relations',
      message: `Expected an object of relations by type, but got ${describe(relations)}.`,
      remedy: 'Write ({ one, many }) => ({ … }) as second argument of defineModel, with parentheses around the braces.',
    });
    return {};
  }
  return Object.fromEntries(
    Object.entries(relations).map(([type, fields]) => [
      type,
      Object.fromEntries(
        Object.entries(isObject(fields) ? fields : {}).filter(([name, relation]) =>
          checkRelation(`${type}, relation "${name}"`, relation, report),
        ),
      ),
    ]),
  ) as Declarations;
}

function checkRelation(where: string, relation: unknown, report: ReportProblem): boolean {
  if (!isObject(relation) || !isText(relation.targetType)) {
    const remedy = 'Write one.Type(…) or many.Type(…), with the helpers that the function gets.';
    report({ where, message: `Expected a relation, but got ${describe(relation)}.`, remedy });
    return false;
  }
  const { kind, targetType, options } = relation as Partial<RelationDeclaration>;
  if (options === undefined) return true;
  if (!isObject(options)) {
    const remedy = `Write ${kind}.${targetType}(), or ${kind}.${targetType}({ from, to }) with columns.`;
    report({ where, message: `Expected an object of options, but got ${describe(options)}.`, remedy });
    return false;
  }
  if (!checkOptions(where, options, RELATION_OPTIONS, report)) return false;
  const { from, to, through, foreignKey } = options as Readonly<Record<string, unknown>>;
  if (isObject(through) && !checkOptions(`${where}, through`, through, JOIN_OPTIONS, report)) return false;
  const given = Object.keys(options).filter(
    (name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined,
  );
  const refuse = (expected: string, remedy: string): false => {
    report({
      where,
      message: `Expected ${expected}, but got ${given.length === 0 ? 'none of them' : given.join(' and ')}.`,
      remedy,
    });
    return false;
  };
  const pair = 'Name the columns of both tables that are equal: from of this one, to of the other.';
  if (kind === 'one' && through !== undefined)
    return refuse('a to-one relation without a join table', `Use many.${targetType}, or leave through out.`);
  if ((from === undefined) !== (to === undefined)) return refuse('both from and to', pair);
  if (foreignKey !== undefined && given.length > 1)
    return refuse('either foreignKey or columns', 'Leave one of them out.');
  if (isObject(through) && (from === undefined || ['type', 'from', 'to'].some((name) => through[name] === undefined))) {
    return refuse('from, to and through: { type, from, to } together', pair);
  }
  if (typeof through === 'string' && from !== undefined) {
    return refuse(
      'columns of the join table too',
      `Write through: { type: ${textCode(through)}, from, to }, or leave from and to out.`,
    );
  }
  return (
    given.length > 0 ||
    refuse(
      'from and to, foreignKey or through',
      `Write ${code(`${kind}.${targetType}()`)} if one foreign key leads there. ${pair}`,
    )
  );
}

/** Every option is known, and has the form of its values. */
function checkOptions(
  where: string,
  options: object,
  forms: Readonly<Record<string, Form>>,
  report: ReportProblem,
): boolean {
  let isSound = true;
  for (const [name, value] of Object.entries(options)) {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) {
      const likely = Object.keys(forms).find((known) => isLike(known, name));
      report({
        where,
        message: `Expected the options ${Object.keys(forms).join(', ')}, but got "${name}".`,
        remedy: likely === undefined ? 'Leave it out.' : `Write ${code(likely)}, or leave it out.`,
      });
    } else if (value === undefined || form.is(value)) continue;
    else {
      report({
        where,
        message: `Expected "${name}" to be ${form.expected}, but got ${describe(value)}.`,
        remedy: `Give "${name}" ${form.expected}${name === 'shardKey' ? '' : ', or leave it out'}.`,
      });
    }
    isSound = false;
  }
  return isSound;
}

/** One begins with the other, whatever their case. */
const isLike = (known: string, name: string): boolean => {
  const [a, b] = [known.toLowerCase(), name.toLowerCase()];
  return a.startsWith(b) || b.startsWith(a);
};

const getName = (table: SQLiteTable): string => String(Reflect.get(table, Symbol.for('drizzle:Name')));

function describe(value: unknown): string {
  if (is(value, SQLiteTable)) return 'a table';
  if (is(value, SQLiteColumn)) return 'a column itself';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return JSON.stringify(value);
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list of something else';
  return typeof value === 'function'
    ? 'a function'
    : Object.keys(value).length === 0
      ? 'an empty object'
      : 'another object';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
