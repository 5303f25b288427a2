import type { JsonColumn, JsonStep } from '../../../plan/computed.ts';
import { type Expression, enclosing } from './expression.ts';
import type { Parameters } from './parameters.ts';

/** What stands around the document. */
const JSON_DEPTH = 7;

/**
 * What is at a path in a JSON column, given as text. SQLite refuses a statement that meets text which is no JSON, so validity is asked
 * first: CASE looks at one condition after the other.
 *
 * Numbers are doubles, as in JavaScript: 2^60 stands in JSON as 1152921504606847000, and only as a double is it 2^60.
 */
export function jsonSql(column: JsonColumn, json: Expression, parameters: Parameters): Expression {
  const { sql: document } = json;
  const path = parameters.use(`path ${column.path}`, ({ values }) => sqlitePath(String(values[column.path])));
  const type = `json_type(${document}, ${path})`;
  const sql = `CASE WHEN NOT json_valid(${document}) THEN NULL ${valueSql(column, document, path, type, parameters)} END`;
  const expression = enclosing([json], sql, JSON_DEPTH);
  return column.item === null ? expression : { ...expression, subqueryDepth: expression.subqueryDepth + JSON_DEPTH };
}

function valueSql({ as, item }: JsonColumn, document: string, path: string, type: string, parameters: Parameters) {
  const value = `json_extract(${document}, ${path})`;
  const has = (types: string, element: string) => {
    const wanted = parameters.use(`value ${item}`, ({ values }) => values[item!] as string | number);
    return (
      `WHEN ${type} = 'array' THEN EXISTS (SELECT 1 FROM json_each(${document}, ${path}) e` +
      ` WHERE e.type IN (${types}) AND ${element} = ${wanted})`
    );
  };
  switch (as) {
    case 'type':
      return `ELSE ${type}`;
    case 'text':
      return `WHEN ${type} = 'text' THEN ${value}`;
    case 'number':
      return `WHEN ${type} IN (${NUMBERS}) THEN CAST(${value} AS REAL)`;
    case 'boolean':
      return `WHEN ${type} IN (${BOOLEANS}) THEN ${value}`;
    case 'hasText':
      return has("'text'", 'e.value');
    case 'hasNumber':
      return has(NUMBERS, 'CAST(e.value AS REAL)');
    case 'hasBoolean':
      return has(BOOLEANS, 'e.value');
  }
}

const NUMBERS = "'integer', 'real'";
const BOOLEANS = "'true', 'false'";

/** Names in quotes are JSON strings to SQLite too, escapes included. */
const sqlitePath = (steps: string): string =>
  `$${(JSON.parse(steps) as JsonStep[]).map((step) => (typeof step === 'number' ? `[${step}]` : `.${JSON.stringify(step)}`)).join('')}`;
