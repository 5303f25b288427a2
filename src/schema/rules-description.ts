import { wireToOutput } from '../model/codec.ts';
import type { ColumnModel, ColumnRule, TableModel } from '../model/types.ts';

/** What inputs say of the rules of a column: "From 1 to 200 characters."; undefined where there are none. */
export function rulesDescription({ validation }: TableModel, column: ColumnModel): string | undefined {
  const rules = validation?.columns.get(column.name) ?? [];
  const length = rangeText(charactersOf(rules, 'minLength'), charactersOf(rules, 'maxLength'));
  const range = rangeText(boundOf(column, rules, 'min'), boundOf(column, rules, 'max'));
  const sentences = [
    length && `${length} ${length.endsWith(' 1') ? 'character' : 'characters'}.`,
    range && `${range}.`,
    ...rules.flatMap((rule) => (rule.rule === 'pattern' ? [`Matches \`${rule.pattern}\`.`] : [])),
    rules.some(({ rule }) => rule === 'custom') && 'Held to a rule of its own.',
  ];
  return sentences.filter(Boolean).join(' ') || undefined;
}

/** What inputs say of a rule for whole rows; empty where there is none. */
export const rowRuleDescription = ({ validation }: TableModel): string =>
  validation?.row ? ' The row as a whole is held to a rule of its own.' : '';

function rangeText(least: string | undefined, most: string | undefined): string | undefined {
  if (least === undefined) return most && `At most ${most}`;
  return most === undefined ? `At least ${least}` : `From ${least} to ${most}`;
}

function charactersOf(rules: readonly ColumnRule[], name: 'minLength' | 'maxLength'): string | undefined {
  const found = rules.find(({ rule }) => rule === name);
  return found && 'characters' in found ? found.characters.toLocaleString('en-US') : undefined;
}

function boundOf(column: ColumnModel, rules: readonly ColumnRule[], name: 'min' | 'max'): string | undefined {
  const found = rules.find(({ rule }) => rule === name);
  return found && 'bound' in found ? String(wireToOutput(column, found.bound)) : undefined;
}
