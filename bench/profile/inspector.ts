/** A connection to the Chrome DevTools protocol of one Worker. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
  }

  /** Connects to the one Worker that `isTarget` chooses by its id, such as `core:user:shardql`. */
  static async connect(port: number, isTarget: (id: string) => boolean): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json`);
    const targets = (await response.json()) as { readonly id: string; readonly webSocketDebuggerUrl: string }[];
    const target = targets.find(({ id }) => isTarget(id));
    if (!target) throw new Error(`Expected a Worker to inspect, but got ${targets.map(({ id }) => id).join(', ')}.`);
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error('Expected the inspector to answer.')), { once: true });
    });
    return new Inspector(socket);
  }

  send<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return waiting.promise as Promise<Result>;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const { id, result, error } = JSON.parse(text) as { id?: number; result?: unknown; error?: { message: string } };
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id!);
    if (error) waiting.reject(new Error(`Expected the inspector to obey, but got: ${error.message}`));
    else waiting.resolve(result);
  }
}
