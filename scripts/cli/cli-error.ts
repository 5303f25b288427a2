/** A command that cannot go on, for a reason that its user can mend. The message is one line. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
