import { noAnswer } from './s3-error.ts';

/** Gives a request up of which nothing has come for a while: a connection that is dead looks like one that is slow. */
export class SilenceLimit implements Disposable {
  readonly #ms: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    const silent = () => this.#controller.abort(noAnswer(new Error(`nothing has come for ${this.#ms} ms`)));
    this.#timer = setTimeout(silent, this.#ms);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
