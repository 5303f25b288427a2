import { createInterface } from 'node:readline/promises';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { previewUndo, requestUndo, type Undo } from './request-undo.ts';
import { showPreview, showUndone } from './show-undo.ts';

export interface UndoOptions extends ApiOptions {
  readonly preview: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Asks at a terminal. */
export interface Terminal {
  /** There is somebody to ask. */
  readonly isInteractive: boolean;
  /** True if the answer is yes. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Shows what an undo would do, and does it once it is wanted. True if all rows went back.
 *
 * @throws CliError if it would have to ask and cannot, and for what the API refuses.
 */
export async function undoOperation(id: string, options: UndoOptions, terminal: Terminal): Promise<boolean> {
  // As it is when copied together with the end of its line.
  const operationId = id.trim();
  const { url, json } = options;
  const api = new ApiClient(options);
  if (options.preview && options.yes) throw new CliError('Expected --preview or --yes, but got both.');
  const mayAsk = terminal.isInteractive && !json;
  if (!options.preview && !options.yes && !mayAsk) {
    throw new CliError('Expected --yes where nobody can be asked, or --preview, but got neither.');
  }
  const preview = await previewUndo(api, operationId);
  if (!options.yes) {
    console.log(json ? JSON.stringify(shownOf(preview)) : showPreview(preview));
    if (options.preview) return isWhole(preview);
    if (preview.changes.totalCount === 0) return false;
    if (!(await terminal.confirm('Undo it?'))) {
      console.log('nothing was changed');
      return false;
    }
  }
  const undone = await requestUndo(api, operationId, preview);
  console.log(json ? JSON.stringify(shownOf(undone)) : showUndone(undone, undoCommand(undone, url)));
  return isWhole(undone);
}

/** A confirmation is for this run alone. */
const shownOf = ({ confirmation: _, ...shown }: Undo): object => shown;

const isWhole = ({ conflicts, shards }: Undo): boolean =>
  conflicts.totalCount === 0 && shards.every(({ code }) => code === null);

const undoCommand = ({ operationId }: Undo, url: string): string =>
  `npm run shardql -- undo '${operationId}' --url ${url}`;

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Who sits at these streams. */
export const terminalAt = (input: Input, output: Output): Terminal => ({
  isInteractive: input.isTTY === true && output.isTTY === true,
  async confirm(question) {
    const lines = createInterface({ input, output });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
      // Ctrl+C and Ctrl+D leave the cursor behind the question.
      output.write('\n');
      return false;
    } finally {
      lines.close();
    }
  },
});
