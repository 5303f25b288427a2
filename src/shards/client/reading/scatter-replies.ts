import type { Model } from '../../../model/types.ts';
import { answerMerger, windowOf } from '../../merging/merge-answers.ts';
import type { Answer } from '../../plan/answer.ts';
import { parsePlan } from '../../plan/compiled-plan.ts';
import type { ReadCall } from '../../plan/read.ts';
import type { AnswerBudget } from './answer-budget.ts';
import type { GatherReply } from './gather-loader.ts';

export type Answered = Extract<GatherReply, { readonly status: 'OK' }>;

/** Replies that hold a smaller part of what a request may have are merged at once, when all are there. */
const SMALL_PART = 1 / 64;

/** What shards reply to a scatter. Long answers are merged as they come: rows that no page needs any more are let go of. */
export class ScatterReplies {
  newestEpoch = 0;
  /** All have answered. */
  isWhole = true;
  readonly #model: Model;
  readonly #call: Pick<ReadCall, 'plan' | 'values'>;
  readonly #budget: AnswerBudget;
  readonly #failed: { readonly at: number; readonly error: unknown }[] = [];
  #held: { readonly at: number; readonly reply: Answered }[] = [];
  #heldBytes = 0;

  /** @param call as each of the shards got it. */
  constructor(model: Model, call: Pick<ReadCall, 'plan' | 'values'>, budget: AnswerBudget) {
    this.#model = model;
    this.#call = call;
    this.#budget = budget;
  }

  /** @param at its place among all, however late it comes. */
  add(at: number, reply: GatherReply): void {
    if (reply.status === 'FAILED') {
      this.#failed.push({ at, error: reply.error });
      return;
    }
    this.newestEpoch = Math.max(this.newestEpoch, reply.epoch);
    if (reply.status !== 'OK') {
      this.isWhole = false;
      return;
    }
    this.#held.push({ at, reply });
    this.#heldBytes += reply.heldBytes;
    if (this.#heldBytes > this.#budget.limit * SMALL_PART && this.#held.length > 1) this.#mergeHeld();
  }

  /** None of them is of use: they are held no longer. */
  drop(): void {
    this.#held = [];
    this.#budget.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** @throws what went wrong with the first that failed; then nothing is held of the others. */
  get answered(): readonly Answered[] {
    const [first] = this.#failed.sort((a, b) => a.at - b.at);
    if (first !== undefined) {
      this.drop();
      throw first.error;
    }
    return this.#held.sort((a, b) => a.at - b.at).map(({ reply }) => reply);
  }

  #mergeHeld(): void {
    const parts = this.#held.map(({ reply }) => reply);
    const { node } = parsePlan(this.#call.plan);
    const merge = answerMerger(this.#model, node, windowOf(node, this.#call.values), 'SOME_SHARDS');
    const keys = parts[0]!.answers.map((_, key) => key);
    const answers = keys.map((key) => merge(parts.map((part) => part.answers[key]!)));
    const rows = (of: readonly Answer[]) => of.reduce((sum, answer) => sum + rowsOf(answer), 0);
    const before = parts.reduce((sum, part) => sum + rows(part.answers), 0);
    const released = before === 0 ? 0 : Math.floor(this.#heldBytes * (1 - rows(answers) / before));
    this.#heldBytes -= released;
    this.#budget.release(released);
    const merged: Answered = {
      status: 'OK',
      epoch: this.newestEpoch,
      slots: parts.flatMap(({ slots }) => slots),
      placedAway: parts.flatMap(({ placedAway }) => placedAway),
      answers,
      snapshots: parts.flatMap(({ snapshots }) => snapshots),
      unanswered: [],
      rowsRead: parts.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      heldBytes: 0,
    };
    this.#held = [{ at: this.#held[0]!.at, reply: merged }];
  }
}

const rowsOf = (answer: Answer): number =>
  answer !== null && typeof answer === 'object' && 'rows' in answer ? answer.rows.length : 1;
