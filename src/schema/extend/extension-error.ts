import { ShardQLError } from '../../shards/errors.ts';

/**
 * A declaration of users' own fields is wrong. Thrown when the Worker starts, or when its schema is made, with everything
 * that is wrong. Every request then fails with this message, like any misconfiguration.
 */
export class ExtensionError extends ShardQLError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `- ${problem}`);
    super(
      'INTERNAL_SERVER_ERROR',
      `Expected sound extensions, but got ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}
