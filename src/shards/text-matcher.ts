import { parseLike } from '../lib/like-pattern.ts';
import type { TextOperator } from './plan/filter.ts';

/** A text operator in JavaScript: does a text match the operand? */
export function textMatcher(operator: TextOperator, operand: string): (text: string) => boolean {
  const folded = operand.toLowerCase();
  switch (operator) {
    case 'contains':
      return (text) => text.includes(operand);
    case 'startsWith':
      return (text) => text.startsWith(operand);
    case 'endsWith':
      return (text) => text.endsWith(operand);
    case 'like': {
      const pattern = parseLike(operand);
      return (text) => pattern.matches(text);
    }
    case 'ieq':
      return (text) => text.toLowerCase() === folded;
    case 'icontains':
      return (text) => text.toLowerCase().includes(folded);
    case 'istartsWith':
      return (text) => text.toLowerCase().startsWith(folded);
    case 'iendsWith':
      return (text) => text.toLowerCase().endsWith(folded);
    case 'ilike': {
      const pattern = parseLike(folded);
      return (text) => pattern.matchesFolded(text);
    }
  }
}
