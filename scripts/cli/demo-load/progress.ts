import { Presets, SingleBar } from 'cli-progress';
import type { Tally } from './tally.ts';

const FORMAT = '{bar} {value}/{total} s | {rate} requests/s | p50 {p50} ms | p95 {p95} ms | {errors} errors';
/** Without a terminal: a line in so many seconds. */
const LINE_EVERY = 10;

/** What a load does just now: a bar on a terminal, else a line from time to time. Standard output is for the result alone. */
export class DemoProgress {
  readonly #bar: SingleBar | null;
  readonly #total: number;
  #lineAt = LINE_EVERY;

  constructor(seconds: number) {
    this.#total = seconds;
    this.#bar = process.stderr.isTTY
      ? new SingleBar({ format: FORMAT, clearOnComplete: true, hideCursor: true }, Presets.shades_classic)
      : null;
    this.#bar?.start(seconds, 0, { rate: 0, p50: '-', p95: '-', errors: 0 });
  }

  report(second: number, since: Tally): void {
    const { requests: rate, errors: byCode, p50Ms, p95Ms } = since.total();
    const errors = Object.values(byCode).reduce((sum, count) => sum + count, 0);
    const [p50, p95] = [p50Ms, p95Ms].map((time) => time?.toFixed(1) ?? '-');
    this.#bar?.update(second, { rate, p50, p95, errors });
    if (this.#bar || second < this.#lineAt) return;
    this.#lineAt += LINE_EVERY;
    console.error(`${second}/${this.#total} s: ${rate} requests/s, p50 ${p50} ms, p95 ${p95} ms, ${errors} errors`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
