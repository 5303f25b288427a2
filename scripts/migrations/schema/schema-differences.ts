/** What differs between the tables of two databases, in words. */
import type { DatabaseColumn, DatabaseSchema, DatabaseTable } from './database-schema.ts';
import { canonicalSql, sqlTokens } from './sql-tokens.ts';

/** Empty where nothing does. */
export function schemaDifferences(actual: DatabaseSchema, expected: DatabaseSchema): string[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  return names.flatMap((name) => {
    const [got, wanted] = [actual.get(name), expected.get(name)];
    if (got === undefined) return [`table "${name}" is missing`];
    if (wanted === undefined) return [`table "${name}" is left`];
    return [...tableDifferences(got, wanted), ...indexDifferences(got, wanted)];
  });
}

/** Of two tables of one name, indexes aside. */
export function tableDifferences(actual: DatabaseTable, expected: DatabaseTable): string[] {
  const where = `table "${expected.name}"`;
  const columns = [...new Set([...expected.columns.keys(), ...actual.columns.keys()])].flatMap((name) => {
    const [got, wanted] = [actual.columns.get(name), expected.columns.get(name)].map(
      (column) => column && columnText(column),
    );
    if (got === wanted) return [];
    if (got === undefined) return [`${where} lacks column "${name}"`];
    if (wanted === undefined) return [`${where} still has column "${name}"`];
    return [`column "${name}" of ${where} is "${got}" instead of "${wanted}"`];
  });
  return [...columns, ...listDifferences(where, actual.constraints, expected.constraints)];
}

const indexDifferences = (actual: DatabaseTable, expected: DatabaseTable): string[] =>
  listDifferences(`table "${expected.name}"`, indexTexts(actual), indexTexts(expected));

const indexTexts = ({ indexes }: DatabaseTable): string[] =>
  [...indexes].map(([name, text]) => `index "${name}" ${text}`).sort();

const columnText = ({ type, notNull, default: value, keyPosition, generated, expression }: DatabaseColumn): string =>
  [
    type,
    notNull ? 'not null' : '',
    value === null ? '' : `default ${canonicalSql(sqlTokens(value))}`,
    keyPosition === 0 ? '' : `primary key ${keyPosition}`,
    generated === null ? '' : `generated as (${expression}) ${generated}`,
  ]
    .filter((part) => part !== '')
    .join(' ');

function listDifferences(where: string, actual: readonly string[], expected: readonly string[]): string[] {
  const left = subtract(actual, expected).map((text) => `${where} still has ${text}`);
  return [...subtract(expected, actual).map((text) => `${where} lacks ${text}`), ...left];
}

/** As sets with repetitions. */
function subtract(texts: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return texts.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
