import type { TableModel } from '../../model/types.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { HIGHLIGHT_END, HIGHLIGHT_START } from '../../shards/plan/computed.ts';

export interface SearchHighlight {
  /** GraphQL name. */
  readonly column: string;
  readonly text: string;
}

/** Texts to put around what a search found. */
export interface Marks {
  readonly before: string;
  readonly after: string;
}

export const DEFAULT_MARKS: Marks = { before: '<mark>', after: '</mark>' };
export const MAX_MARK_CHARACTERS = 100;

/**
 * The columns in which words were found, in the model's order, with the client's marks in place of the shard's.
 *
 * @param cell the plan's highlights: JSON list of the marked texts of the table's full-text columns.
 */
export function highlightsOf({ search }: TableModel, cell: string, marks: Marks): SearchHighlight[] {
  checkMarks(marks);
  const texts = JSON.parse(cell) as readonly (string | null)[];
  return texts.flatMap((text, at) =>
    text === null ? [] : [{ column: search[at]!.name, text: withMarks(text, marks) }],
  );
}

/** @throws ShardQLError BAD_USER_INPUT for longer ones. */
export function checkMarks(marks: Marks): void {
  for (const name of ['before', 'after'] as const) {
    if (marks[name].length > MAX_MARK_CHARACTERS) {
      throw badUserInput(
        `Expected ${name} to have at most ${MAX_MARK_CHARACTERS} characters, but got ${marks[name].length}.`,
      );
    }
  }
}

/** Excerpts may end inside of a find. */
function withMarks(text: string, { before, after }: Marks): string {
  const isCut = text.lastIndexOf(HIGHLIGHT_START) > text.lastIndexOf(HIGHLIGHT_END);
  return text.replaceAll(HIGHLIGHT_START, () => before).replaceAll(HIGHLIGHT_END, () => after) + (isCut ? after : '');
}
