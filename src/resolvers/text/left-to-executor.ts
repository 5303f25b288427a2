/**
 * Thrown where an answer is not plain: a value does not fit, a row is missing where one must be, a limit is reached. The executor
 * then shows it, and what is wrong with it, from what has been read.
 */
export class LeftToExecutor extends Error {
  override readonly name = 'LeftToExecutor';
}

export const leaveToExecutor = (): never => {
  throw new LeftToExecutor('The executor shows this answer.');
};
