import type { Model } from '../model/types.ts';
import { addAggregateFilters } from './aggregate-filters.ts';
import { addColumnInputs } from './column-inputs.ts';
import { addFilters } from './filters.ts';
import { addGroupByTypes } from './group-by-types.ts';
import { addKeyInputs } from './key-inputs.ts';
import { addDataInputs } from './mutations/data-inputs.ts';
import { addOrders } from './order-types.ts';
import type { TypeRegistry } from './type-registry.ts';
import { addWheres, toManyTargets } from './where-types.ts';

/** Adds all input types of a model. They are GraphQL.js' own: there are too many for what the builder takes for each. */
export function addInputTypes(types: TypeRegistry, model: Model): void {
  const targets = toManyTargets(model);
  addFilters(types, model);
  addWheres(types, model, targets);
  addAggregateFilters(types, model, targets);
  addOrders(types, model, targets);
  for (const table of model.tables) {
    addKeyInputs(types, table);
    addDataInputs(types, model, table);
    addColumnInputs(types, table);
    addGroupByTypes(types, table);
  }
}
