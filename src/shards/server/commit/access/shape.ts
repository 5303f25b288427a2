import { invariant } from '../../../../lib/invariant.ts';
import type { RowTest, TableWriteRules, TransitionTests, WriteRules } from '../../../write-rules.ts';
import { any, type Check, object, orNull } from '../../shape-check.ts';

/** Its plan is checked where it is compiled. */
const TEST = object<RowTest>({ plan: any, values: any });

const WRITTEN = { check: orNull(TEST), presets: any };

const TRANSITION = object<TransitionTests>({ from: TEST, to: TEST });

/** An empty one would look at no column, and allow every change. */
const TRANSITIONS: Check = (list) => {
  const transitions = list as readonly unknown[];
  invariant(transitions.length > 0, 'Expected at least one transition, but got none.');
  transitions.forEach(TRANSITION);
};

const TABLE = object<TableWriteRules>({
  path: any,
  read: orNull(TEST),
  create: orNull(object<NonNullable<TableWriteRules['create']>>(WRITTEN)),
  update: orNull(
    object<NonNullable<TableWriteRules['update']>>({
      ...WRITTEN,
      where: orNull(TEST),
      transitions: orNull(TRANSITIONS),
    }),
  ),
  delete: orNull(object<NonNullable<TableWriteRules['delete']>>({ where: orNull(TEST) })),
});

/** Holds rules to what this release knows: one that a shard leaves out would let a write pass that must not. */
export const checkRules: Check = (rules) => Object.values(rules as WriteRules).forEach(TABLE);
