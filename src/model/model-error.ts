/** One thing that is wrong in the user's model. */
export interface ModelProblem {
  /** `Customer (table "customers"), column "email"`. */
  readonly where: string;
  /** "Expected …, but got …." */
  readonly message: string;
  /** What to write instead, as a sentence. */
  readonly remedy: string;
}

/** Rules and builders report problems to it and go on, so that one start shows all of them. */
export type ReportProblem = (problem: ModelProblem) => void;

/** The model cannot be served. Thrown once, by `defineModel`, with everything that is wrong. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly problems: readonly ModelProblem[];

  constructor(problems: readonly ModelProblem[]) {
    const lines = problems.map(({ where, message, remedy }) => `- ${where}: ${message} ${remedy}`);
    super(
      `Expected a sound model, but got ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}
