/** Aggregates and groups as JSON text. */
import { floatText, intText, outputToText } from '../../model/output-text.ts';
import type { ColumnModel } from '../../model/types.ts';
import { isExactText } from '../../plans/aggregates/aggregatable.ts';
import type { GroupPart } from '../../plans/aggregates/group-values.ts';
import type { ShownMeasure, ShownPartField } from '../../plans/node-plan.ts';
import type { AggregateResult } from '../show/aggregate-result.ts';
import type { Group } from '../show/group.ts';
import { leaveToExecutor } from './left-to-executor.ts';
import { constantText, type Member, objectText } from './object-text.ts';

type Measured = AggregateResult | Group;

/** What writes aggregates, or groups, of these fields. It throws what their values cannot be shown for. */
export const measuresText = (fields: readonly ShownMeasure[]): ((measured: Measured) => string) =>
  objectText(fields.map((field): Member<Measured> => [field.key, measureText(field)]));

function measureText(field: ShownMeasure): (measured: Measured) => string {
  switch (field.kind) {
    case 'count':
      return ({ count }) => intText(count) ?? leaveToExecutor();
    case 'part':
      return objectText(field.fields.map((each): Member<Measured> => [each.key, partText(field.part, each)]));
    case 'typename':
      return constantText(field.type);
    case 'resolver':
      return leaveToExecutor;
  }
}

function partText(part: GroupPart, field: ShownPartField): (measured: Measured) => string {
  switch (field.kind) {
    case 'column': {
      const { column } = field;
      const toText = textOf(part, column);
      return (measured) => {
        const output = part === 'keys' ? (measured as Group).key(column) : measured.output(part, column);
        if (output === null || output === undefined) return 'null';
        return toText(output) ?? leaveToExecutor();
      };
    }
    case 'typename':
      return constantText(field.type);
    case 'resolver':
      return leaveToExecutor;
  }
}

/** By the type of the part: `XColumnCounts`, `XColumnNumbers` or `XColumnValues`. */
function textOf(part: GroupPart, column: ColumnModel) {
  switch (part) {
    case 'countDistinct':
      return intText;
    case 'sum':
    case 'avg':
      return isExactText(column) ? outputToText({ scalar: 'Decimal' }) : floatText;
    default:
      return outputToText(column);
  }
}
