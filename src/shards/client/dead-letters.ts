import { report } from '../../events/report.ts';
import type { DeadLetter, NewDeadLetter } from '../dead-letter.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/** The dead letters of the deployment, which its catalog keeps. */
export class DeadLetters {
  readonly #env: RouterEnv;

  constructor(env: RouterEnv) {
    this.#env = env;
  }

  /** Letters that are there already, by id, are not added again. */
  keep(letters: readonly NewDeadLetter[]): Promise<void> {
    return catalogStub(this.#env).keepDeadLetters(letters);
  }

  /** Some of those after `seq`, oldest first; none: there are no more. */
  after(seq: number): Promise<readonly DeadLetter[]> {
    return catalogStub(this.#env).deadLetters(seq);
  }

  /** Those of these ids that are there, oldest first. */
  find(ids: readonly string[]): Promise<readonly DeadLetter[]> {
    return catalogStub(this.#env).findDeadLetters(ids);
  }

  count(): Promise<number> {
    return catalogStub(this.#env).deadLetterCount();
  }

  /** Whoever is told of dead letters is told once there are none. */
  async remove(seqs: readonly number[]): Promise<void> {
    await catalogStub(this.#env).removeDeadLetters(seqs);
    if (seqs.length > 0 && (await this.count()) === 0) report({ type: 'dead-letters-cleared' });
  }
}
