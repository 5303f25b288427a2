/** JSON columns: paths into values, and conditions on what is there. */

import type { Input } from './query.ts';
import { textTest } from './text-operators.ts';
import { and, type Truth } from './truth.ts';
import { compareText } from './values.ts';

export type Step = string | number;

/** Undefined: there is nothing. */
export function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>((found, step) => {
    if (typeof found !== 'object' || found === null) return undefined;
    if (Array.isArray(found) !== (typeof step === 'number')) return undefined;
    return Object.hasOwn(found, step) ? found[step as never] : undefined;
  }, value);
}

/** As clients write it: digits alone count elements, unless a backslash makes a name of them. */
export const pathText = (steps: readonly Step[]): string =>
  steps
    .map((step) => {
      if (typeof step === 'number') return `${step}`;
      const escaped = step.replace(/[.\\]/g, '\\$&');
      return /^\d+$/.test(step) ? `\\${escaped}` : escaped;
    })
    .join('.');

/** The other way round. */
export function parsePath(text: string): Step[] {
  const steps = text.match(/(?:\\[\s\S]|[^.\\])+/g) ?? [];
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step.replace(/\\([\s\S])/g, '$1')));
}

/** Values of other types than the operand's are as good as none. */
export function holdsJson(column: unknown, { path, ...operators }: Input): Truth {
  const steps = path === undefined ? [] : parsePath(String(path));
  const value = valueAt(column, steps);
  return and(Object.entries(operators).map(([operator, operand]) => test(value, operator, operand)));
}

function test(value: unknown, operator: string, operand: unknown): Truth {
  switch (operator) {
    case 'isNull':
      return (value === undefined || value === null) === operand;
    case 'hasKey':
      return valueAt(value, [String(operand)]) !== undefined;
    case 'has':
      return Array.isArray(value) && value.includes(operand);
    case 'in':
    case 'notIn': {
      const list = operand as unknown[];
      if (list.length === 0) return operator === 'notIn';
      const comparable = list.filter((one) => typeof one === typeof value);
      if (comparable.length === 0) return null;
      return comparable.includes(value) === (operator === 'in');
    }
    case 'between': {
      const [low, high] = operand as [unknown, unknown];
      return and([test(value, 'gte', low), test(value, 'lte', high)]);
    }
  }
  if (typeof value !== typeof operand || typeof value === 'object') return null;
  if (operator === 'eq') return value === operand;
  if (operator === 'ne') return value !== operand;
  const order = typeof value === 'string' ? compareText(value, String(operand)) : Number(value) - Number(operand);
  switch (operator) {
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    default:
      return textTest(operator, String(value), String(operand));
  }
}
