import {
  COMPARISON_OPERATORS,
  type FilterOperator,
  LIST_OPERATORS,
  TEXT_OPERATORS,
} from '../resolvers/plan/filter-operators.ts';
import type { Builder } from './builder.ts';

export const JSON_PATH_DESCRIPTION =
  'Where in the value: names in objects and positions in lists (from 0), with dots between them, as in `tags.0`. A backslash takes the meaning from a dot, a backslash or a digit. Left out: the whole value.';

const DESCRIPTION =
  'Conditions on the value at a path; all of them must hold. Texts compare with texts, numbers with numbers and booleans with booleans; values of other types do not match.';

const DESCRIPTIONS: Partial<Record<FilterOperator | 'has' | 'hasKey', string>> = {
  in: 'Equal to one of these. An empty list matches no row.',
  notIn: 'Of the type of one of these, and equal to none. An empty list matches every row.',
  between: '`[low, high]`, both included.',
  isNull: 'True: there is nothing at the path, or null.',
  has: 'A list in which this is an element.',
  hasKey: 'An object with this name in it.',
};

export const addJsonFilter = (builder: Builder) =>
  builder.inputRef<object>('JSONFilter').implement({
    description: DESCRIPTION,
    fields: (t) => ({
      path: t.string({ description: JSON_PATH_DESCRIPTION }),
      ...Object.fromEntries(COMPARISON_OPERATORS.map((operator) => [operator, t.field({ type: 'JSON' })])),
      ...Object.fromEntries(
        [...LIST_OPERATORS, 'between' as const].map((operator) => [
          operator,
          t.field({ type: ['JSON'], description: DESCRIPTIONS[operator] }),
        ]),
      ),
      ...Object.fromEntries(TEXT_OPERATORS.map((operator) => [operator, t.string()])),
      has: t.field({ type: 'JSON', description: DESCRIPTIONS.has }),
      hasKey: t.string({ description: DESCRIPTIONS.hasKey }),
      isNull: t.boolean({ description: DESCRIPTIONS.isNull }),
    }),
  });
