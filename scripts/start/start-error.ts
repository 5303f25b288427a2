/** A start that cannot go on, for a reason that the person who started it can mend. The message is a line for each thing that is wrong. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** 1: the machine is not as needed; 2: wrong usage. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
