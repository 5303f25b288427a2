/** `JSONFilter` evaluated in plain JavaScript. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Steps = readonly (string | number)[];

type Truth = boolean | null;

/** The path as clients write it. */
export const writePath = (steps: Steps): string =>
  steps
    .map((step) => {
      if (typeof step === 'number') return String(step);
      const escaped = step.replaceAll('\\', '\\\\').replaceAll('.', '\\.');
      return /^[0-9]+$/.test(escaped) ? `\\${escaped}` : escaped;
    })
    .join('.');

/** What is at the steps; undefined for nothing. */
export function at(value: Json | undefined, steps: Steps): Json | undefined {
  return steps.reduce<Json | undefined>((found, step) => {
    if (Array.isArray(found)) return typeof step === 'number' ? found[step] : undefined;
    if (typeof found !== 'object' || found === null || typeof step === 'number') return undefined;
    return Object.entries(found).find(([name]) => name === step)?.[1];
  }, value);
}

/** One operator on what is at a path; `undefined` for a column without a value. */
export function jsonTruth(document: Json | undefined, steps: Steps, op: string, operand: unknown): Truth {
  const value = at(document, steps);
  const isComparable = (other: unknown) =>
    typeof value === typeof other && ['string', 'number', 'boolean'].includes(typeof value);
  switch (op) {
    case 'isNull':
      return (value === undefined || value === null) === operand;
    case 'hasKey':
      return at(document, [...steps, operand as string]) !== undefined;
    case 'has':
      return Array.isArray(value) && value.some((element) => element === operand);
    case 'in':
    case 'notIn': {
      const list = operand as unknown[];
      if (list.length === 0) return op === 'notIn';
      const comparable = list.filter(isComparable);
      if (comparable.length === 0) return null;
      return comparable.includes(value) === (op === 'in');
    }
    case 'between': {
      const [low, high] = operand as [string | number, string | number];
      return isComparable(low) ? compare(value, low) >= 0 && compare(value, high) <= 0 : null;
    }
  }
  if (!isComparable(operand)) return null;
  const sign = compare(value, operand);
  switch (op) {
    case 'eq':
      return sign === 0;
    case 'ne':
      return sign !== 0;
    case 'gt':
      return sign > 0;
    case 'gte':
      return sign >= 0;
    case 'lt':
      return sign < 0;
    case 'lte':
      return sign <= 0;
    case 'contains':
      return String(value).includes(String(operand));
    case 'startsWith':
      return String(value).startsWith(String(operand));
    case 'iendsWith':
      return String(value).toLowerCase().endsWith(String(operand).toLowerCase());
    case 'icontains':
      return String(value).toLowerCase().includes(String(operand).toLowerCase());
    case 'ieq':
      return String(value).toLowerCase() === String(operand).toLowerCase();
    default:
      throw new Error(`No oracle for ${op}.`);
  }
}

/** Texts by code point. */
function compare(a: unknown, b: unknown): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b) || (Number(a) < Number(b) ? -1 : 0);
  const [x, y] = [a, b].map((text) => [...text].map((character) => character.codePointAt(0)!));
  const differs = x!.findIndex((point, index) => point !== y![index]);
  if (differs < 0) return x!.length - y!.length;
  return differs >= y!.length ? 1 : x![differs]! - y![differs]!;
}
