import type { ShardRpc } from '../protocol/shard-rpc.ts';
import type { Version } from '../version.ts';
import type { Grant } from './placement-store.ts';

const ASK_ATTEMPTS = 3;

/** The shards, as the catalog calls them. */
export class ShardStubs {
  readonly #namespace: DurableObjectNamespace;

  constructor(namespace: DurableObjectNamespace) {
    this.#namespace = namespace;
  }

  /** A new stub each time: one that has thrown stays broken. */
  of(name: string): ShardRpc {
    return this.#namespace.getByName(name) as unknown as ShardRpc;
  }

  /** `send` may be repeated. */
  async ask<Answer>(name: string, send: (shard: ShardRpc) => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(this.of(name));
      } catch (error) {
        const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
        if (attempt === ASK_ATTEMPTS || !retryable || overloaded) throw error;
      }
    }
  }

  /** Gives the version of the shard's last commit. */
  grant({ name, epoch, ranges, least, placed }: Grant): Promise<Version> {
    return this.ask(name, (shard) => shard.setOwnedSlots(epoch, ranges, least, placed));
  }
}
