/** What is found compared with what is expected, so that the difference can be read. */
import { canonicalDecimal } from './atomic.ts';
import { type Row, SHAPES, type Type, type Value } from './shapes.ts';

/** They differ. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

/** Rows as texts, in an order of their own. */
export const linesOf = (type: Type, rows: readonly Row[]): string[] => rows.map((row) => lineOf(type, row)).sort();

/** Most rows are compared again after each operation, as they were. */
const lineByRow = new WeakMap<Row, string>();

export function lineOf(type: Type, row: Row): string {
  let line = lineByRow.get(row);
  if (line === undefined) {
    line = ['tenantId', ...Object.keys(SHAPES[type].columns), 'version']
      .map((name) => `${name}=${JSON.stringify(canonical(SHAPES[type].columns[name]?.kind, row[name] ?? null))}`)
      .join(' ');
    lineByRow.set(row, line);
  }
  return line;
}

const canonical = (kind: string | undefined, value: Value): Value =>
  kind === 'decimal' && value !== null ? canonicalDecimal(value) : kind === 'json' ? normalized(value) : value;

/** With members in one order. */
export const normalized = (value: Value): Value =>
  Array.isArray(value)
    ? value.map(normalized)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, normalized(value[name])]),
        )
      : value;

/** @throws Difference */
export function equal(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  if (Array.isArray(found) && Array.isArray(expected)) {
    const lines = (all: readonly unknown[]) => all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    const [got, wanted] = [lines(found), lines(expected)];
    const extra = got.filter((line) => !wanted.includes(line));
    const absent = wanted.filter((line) => !got.includes(line));
    throw new Difference(
      `Expected ${what}\n  ${absent.join('\n  ') || '(no other)'}\nbut got\n  ${extra.join('\n  ') || '(no other)'}${extra.length + absent.length === 0 ? ', in another order or number' : ''}`,
    );
  }
  throw new Difference(`Expected ${what} to be ${JSON.stringify(expected)}, but got ${JSON.stringify(found)}`);
}
