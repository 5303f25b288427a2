/** Costs that depend on variables, and how they are put together. */
import type { VariableValues } from '../selection/asked-consistency.ts';
import { FIELD } from './weights.ts';

/** What a selection costs. */
export interface Cost {
  /** Once for a call to a shard, however many rows it is made for. */
  readonly fixed: number;
  /** For each object that the selection is of. */
  readonly each: number;
  /** For each row of the page, if the selection is of a page. */
  readonly item: number;
}

/** One evaluation. */
export interface Run {
  readonly variables: VariableValues;
  /** Of fragments, which are worked out once. */
  readonly known: Map<Formula, Cost>;
}

/** A cost that is the same whatever the variables are is known when the formula is made. */
export type Formula = Cost | ((run: Run) => Cost);

export const NOTHING: Cost = { fixed: 0, each: 0, item: 0 };
export const LEAF: Cost = { fixed: 0, each: FIELD, item: 0 };

export const isKnown = (formula: Formula): formula is Cost => typeof formula !== 'function';

export const evaluate = (formula: Formula, run: Run): Cost => (isKnown(formula) ? formula : formula(run));

/** Worked out once for an evaluation. */
export function once(formula: Formula): Formula {
  if (isKnown(formula)) return formula;
  return (run) => {
    let cost = run.known.get(formula);
    if (cost === undefined) {
      cost = formula(run);
      run.known.set(formula, cost);
    }
    return cost;
  };
}

export const mapped = (inner: Formula, cost: (inner: Cost) => Cost): Formula =>
  isKnown(inner) ? cost(inner) : (run) => cost(inner(run));

/** Those that are known are added up now. */
export function summed(parts: readonly Formula[]): Formula {
  const known = sum(parts.filter(isKnown));
  const others = parts.filter((part) => !isKnown(part));
  return others.length === 0 ? known : (run) => sum([known, ...others.map((part) => evaluate(part, run))]);
}

function sum(costs: readonly Cost[]): Cost {
  let { fixed, each, item } = NOTHING;
  for (const cost of costs) {
    fixed += cost.fixed;
    each += cost.each;
    item += cost.item;
  }
  return { fixed, each, item };
}
