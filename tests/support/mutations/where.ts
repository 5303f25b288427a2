/** The conditions that random filters are made of. */
import type { Row, Value } from './shapes.ts';

export function isMatch(row: Row, where: Value): boolean {
  return Object.entries(where as Row).every(([name, condition]) => {
    if (name === 'OR') return condition.some((each: Value) => isMatch(row, each));
    const [[operator, operand]] = Object.entries(condition) as [[string, Value]];
    const value = row[name];
    if (operator === 'isNull') return (value === null) === operand;
    if (value === null) return false;
    switch (operator) {
      case 'eq':
        return value === operand;
      case 'ne':
        return value !== operand;
      case 'in':
        return operand.includes(value);
      case 'gte':
        return value >= operand;
      default:
        throw new Error(`Expected a known operator, but got ${operator}.`);
    }
  });
}
