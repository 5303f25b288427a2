/** The parts of a rule's `where`: which of its names are columns, and which are relations. */

import type { RuleWhere } from '../table-rules.ts';
import type { Model, RelationModel, TableModel } from '../types.ts';

/** A rule with its columns called by other names. */
export function mapRule(
  model: Model,
  table: TableModel,
  where: RuleWhere,
  nameOf: (property: string) => string,
): RuleWhere {
  const each = (inner: unknown): RuleWhere => mapRule(model, table, inner as RuleWhere, nameOf);
  return Object.fromEntries(
    Object.entries(where).map(([name, value]) => {
      if (value === null || value === undefined) return [name, value];
      if (name === 'AND' || name === 'OR') return [name, (value as readonly unknown[]).map(each)];
      if (name === 'NOT') return [name, each(value)];
      const relation = table.relationByName.get(name);
      return relation ? [name, mapRelated(model, relation, value as RuleWhere, nameOf)] : [nameOf(name), value];
    }),
  );
}

function mapRelated(
  model: Model,
  { kind, targetType }: RelationModel,
  value: RuleWhere,
  nameOf: (property: string) => string,
): RuleWhere {
  const target = model.table(targetType);
  if (kind === 'one') return mapRule(model, target, value, nameOf);
  return Object.fromEntries(
    Object.entries(value).map(([quantifier, where]) => [
      quantifier,
      mapRule(model, target, where as RuleWhere, nameOf),
    ]),
  );
}
