/** Asks the author at the terminal what became of names that the model no longer has. */
import type { Loss, Words } from './change.ts';
import { describeLoss, withDrop, withRename } from './lost-names.ts';

/** Asks about one loss. @returns the words with the answer. @throws {Error} if the author gives up. */
export async function askAbout(loss: Loss, words: Words): Promise<Words> {
  const { default: select } = await import('@inquirer/select');
  const answer = await select<string | null>({
    message: `The model no longer has ${describeLoss(loss)}. What became of it?`,
    choices: [
      ...loss.candidates.map((name) => ({ name: `it was renamed to "${name}"`, value: name })),
      {
        name: loss.column === null ? 'it is dropped with all its rows' : 'it is dropped with all its values',
        value: null,
      },
    ],
  }).catch((error: Error) => {
    throw error.name === 'ExitPromptError' ? new Error('Nothing was written.') : error;
  });
  return answer === null ? withDrop(words, loss) : withRename(words, loss, answer);
}
