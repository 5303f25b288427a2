/**
 * Small pieces of generated SQL.
 *
 * Names in it are of two kinds, and never meet. Those of the model are quoted, and columns among them stand behind their
 * table's alias wherever a statement knows more than one table. Those of our own begin with `_`, which no name of the model
 * may: tables, columns, triggers and common table expressions. (Aliases need no `_`: an alias hides a table's name only in
 * its own FROM, where nothing is meant but the alias.)
 */

/** SQLite's row id, by the one of its three names that no column of a model can have. */
export const ROW_ID = '_rowid_';

/** To SQLite `TRUE` and `FALSE` are names that mean 1 and 0 only where no column is called so. */
export const TRUE_SQL = '1';
export const FALSE_SQL = '0';

/** A name, quoted. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal. For names and other constants of the model only: values are always bound. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Joins many terms with `combine` into a tree whose nodes have at most `arity` children, so that neither the depth of
 * the expression nor the number of function arguments grows with the number of terms (see `../limits.ts`).
 */
export function balanced(
  terms: readonly string[],
  arity: number,
  combine: (terms: readonly string[]) => string,
): string {
  if (terms.length === 1) return terms[0]!;
  if (terms.length <= arity) return combine(terms);
  const groups: string[] = [];
  for (let start = 0; start < terms.length; start += arity) {
    groups.push(balanced(terms.slice(start, start + arity), arity, combine));
  }
  return balanced(groups, arity, combine);
}

/** `a OR b OR …`; false for no terms. */
export const orSql = (terms: readonly string[]): string =>
  terms.length === 0 ? FALSE_SQL : balanced(terms, 20, (some) => `(${some.join(' OR ')})`);

/** `a + b + …`; 0 for no terms. */
export const sumOf = (terms: readonly string[]): string =>
  terms.length === 0 ? '0' : balanced(terms, 20, (some) => `(${some.join(' + ')})`);

/**
 * A LIMIT whose number is bound. SQLite looks at the value of a bare `LIMIT ?` when it plans, and so prepares the statement
 * again each time that one is bound, even if it is the same: for a list of three levels a tenth of the shard's work. It does
 * not look through a sign.
 */
export const limitSql = (parameter: string): string => `LIMIT +${parameter}`;
