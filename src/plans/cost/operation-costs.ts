import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode } from 'graphql';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { VariableValues } from '../selection/asked-consistency.ts';
import { type CostScope, costFormula } from './cost-formula.ts';

/**
 * What operations of a schema cost at most, before they run: in units of a row that is read and shown. The same operation with the
 * same variables always costs the same, whatever rows there are. Takes time in proportion to the document, once, and to
 * its lists and the variables in their arguments, each time.
 */
export class OperationCosts {
  readonly #scope: CostScope;
  readonly #formulas = new WeakMap<OperationDefinitionNode, (variables: VariableValues) => number>();

  constructor(scope: CostScope) {
    this.#scope = scope;
  }

  /**
   * @param document valid for the schema.
   * @param variables as the request has them.
   */
  of({ definitions }: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues): number {
    const formula = getOrInsert(this.#formulas, operation, () => {
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
      return costFormula(this.#scope, operation, fragments);
    });
    return formula(variables);
  }
}
