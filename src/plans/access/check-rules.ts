/** Finds what is wrong in access rules with what the model's own rules do not look at: conditions on JSON and aggregates, and bounds. */
import type { RowRule, TableRules } from '../../model/table-rules.ts';
import type { Model } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { PlanValue, ValueRef } from '../../shards/plan/value.ts';
import { whereToFilter } from '../filter/filter.ts';
import { FilterBudget } from '../filter/filter-budget.ts';
import { type ArgumentPart, PlanValues } from '../plan-values.ts';
import { FULL_ACCESS } from './access-rules.ts';
import { RuleArguments, usesClaims } from './rule-arguments.ts';

/** What is wrong, by role and type; none if every rule can be planned. */
export function ruleProblems(model: Model): string[] {
  return [...model.roles].flatMap(([role, byType]) =>
    [...byType].flatMap(([type, rules]) =>
      rulesOf(rules).flatMap(([name, rule]) => {
        const problem = problemOf(model, type, rule);
        return problem === null ? [] : [`${type}, access of ${JSON.stringify(role)}, ${name}: ${problem}`];
      }),
    ),
  );
}

const rulesOf = (rules: TableRules): (readonly [string, RowRule])[] => [
  ['read', rules.read],
  ['create.check', rules.create?.check ?? null],
  ['update.where', rules.update?.where ?? null],
  ['update.check', rules.update?.check ?? null],
  ...(rules.update?.transitions ?? []).flatMap(({ from, to }, at) => [
    [`update.transitions.${at}.from`, from] as const,
    [`update.transitions.${at}.to`, to] as const,
  ]),
  ['delete', rules.delete?.where ?? null],
];

function problemOf(model: Model, type: string, rule: RowRule): string | null {
  if (rule === null) return null;
  const args = new RuleArguments(rule);
  const parts = { model, access: FULL_ACCESS, args, values: new ValuesButClaims(), idSets: [], computed: [] };
  try {
    whereToFilter(model.table(type), rule, parts, new FilterBudget());
    return null;
  } catch (error) {
    if (error instanceof ShardQLError) return error.message;
    throw error;
  }
}

/** What claims are is known with a caller. */
class ValuesButClaims extends PlanValues {
  override addPart(part: ArgumentPart, toValue: (given: unknown) => PlanValue): ValueRef {
    return usesClaims(part.given) ? this.add(null) : super.addPart(part, toValue);
  }
}
