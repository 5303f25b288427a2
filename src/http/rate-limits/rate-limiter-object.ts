import { DurableObject } from 'cloudflare:workers';
import { type Slices, SlidingWindow, type Taken } from './sliding-window.ts';

/** What an object is asked, which counts one key of one limit. */
export interface RateLimiterRpc {
  take(requests: number, perSeconds: number): Promise<Taken>;
}

/**
 * An object that is asked nothing keeps its memory for ten seconds. Of shorter windows it needs to remember nothing longer; longer ones
 * are stored.
 */
const MEMORY_MS = 10_000;
/** How long counts may be in memory alone: what a crash forgets. Storing each request would take a write each. */
const STORED_AFTER_MS = 2_000;

interface StoredWindow {
  readonly windowMs: number;
  readonly slices: Slices;
}

/**
 * The Durable Object that counts exactly: one for each key of a limit. It stores what it has counted at most every two seconds, only of
 * windows that it may sleep through, and removes it when the window is over.
 */
export function createRateLimiterClass() {
  return class RateLimiter extends DurableObject implements RateLimiterRpc {
    #window: SlidingWindow | null = null;
    #windowMs = 0;
    #isStoring = false;

    async take(requests: number, perSeconds: number): Promise<Taken> {
      const taken = this.#windowOf(perSeconds * 1_000).take(requests, Date.now());
      if (taken.isAllowed && this.#windowMs > MEMORY_MS) this.#storeSoon();
      return taken;
    }

    override async alarm(): Promise<void> {
      const stored = this.#stored();
      const endMs = stored === null ? 0 : new SlidingWindow(stored.windowMs, stored.slices).endMs(Date.now());
      if (endMs > 0) await this.ctx.storage.setAlarm(Date.now() + endMs);
      else await this.ctx.storage.deleteAll();
    }

    /** A setting that was changed begins with nothing counted. */
    #windowOf(windowMs: number): SlidingWindow {
      if (this.#window !== null && this.#windowMs === windowMs) return this.#window;
      const stored = windowMs > MEMORY_MS ? this.#stored() : null;
      this.#windowMs = windowMs;
      this.#window = new SlidingWindow(windowMs, stored?.windowMs === windowMs ? stored.slices : []);
      return this.#window;
    }

    #stored = (): StoredWindow | null => this.ctx.storage.kv.get<StoredWindow>('window') ?? null;

    #storeSoon(): void {
      if (this.#isStoring) return;
      this.#isStoring = true;
      setTimeout(() => void this.#store(), STORED_AFTER_MS);
    }

    async #store(): Promise<void> {
      this.#isStoring = false;
      const window = this.#window!;
      this.ctx.storage.kv.put<StoredWindow>('window', { windowMs: this.#windowMs, slices: window.slices });
      // An alarm that comes too early sets the next one.
      if ((await this.ctx.storage.getAlarm()) !== null) return;
      await this.ctx.storage.setAlarm(Date.now() + window.endMs(Date.now()));
    }
  };
}
