/** What to say of tables and columns that would be lost, as options and in words. */
import { shellWord } from '../../project/shell-word.ts';
import type { Loss, Words } from './change.ts';

export const nameOfLoss = ({ table, column }: Loss): string => (column === null ? table : `${table}.${column}`);

export const describeLoss = ({ table, column, isComputed }: Loss): string => {
  if (column === null) return `table "${table}"`;
  return `column "${column}" of table "${table}"${isComputed ? ', which is computed now' : ''}`;
};

/** The message for who cannot be asked. */
export function lossesMessage(losses: readonly Loss[]): string {
  const lines = losses.map((loss) => {
    const name = nameOfLoss(loss);
    const renames = loss.candidates.map((candidate) => `--rename ${shellWord(`${name}=${candidate}`)}`);
    return `  ${describeLoss(loss)}: ${[`--drop ${shellWord(name)}`, ...renames].join('  or  ')}`;
  });
  return `Expected a word on what the model no longer has, but got none:
${lines.join('\n')}
Say whether it was renamed, or may be lost with all its values: npm run db:generate -- <options>. Nothing was written.`;
}

export const withRename = ({ renames, drops }: Words, loss: Loss, to: string): Words => ({
  renames: [...renames, { from: nameOfLoss(loss), to }],
  drops,
});

export const withDrop = ({ renames, drops }: Words, loss: Loss): Words => ({
  renames,
  drops: [...drops, nameOfLoss(loss)],
});
