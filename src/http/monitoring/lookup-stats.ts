import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import { type Lookup, lookupsOf } from '../../shards/plan/lookup.ts';

/** As often as the monitor wants to know that something is still looked up. */
const TOLD_EACH_MS = 3_600_000;
/** Of a report; the others come with the next ones. */
const MAX_LOOKUPS = 100;
/** That are known to have been told. */
const MAX_TOLD = 2_000;

/** What plans look up, each told once in an hour. */
export class LookupStats {
  #toldMs = new Map<string, number>();
  #untold = new Map<string, Lookup>();

  /** @param plans that were used since the last time. */
  take(plans: readonly CompiledPlan[], nowMs: number): Lookup[] {
    for (const plan of plans) {
      for (const lookup of plan.derived(lookupsOfPlan, undefined)) {
        const name = JSON.stringify(lookup);
        const toldMs = this.#toldMs.get(name);
        if (toldMs === undefined || Math.abs(nowMs - toldMs) >= TOLD_EACH_MS) this.#untold.set(name, lookup);
      }
    }
    const taken = [...this.#untold].slice(0, MAX_LOOKUPS);
    if (this.#toldMs.size + taken.length > MAX_TOLD) this.#toldMs.clear();
    for (const [name] of taken) {
      this.#untold.delete(name);
      this.#toldMs.set(name, nowMs);
    }
    return taken.map(([, lookup]) => lookup);
  }
}

const lookupsOfPlan = ({ node }: CompiledPlan): readonly Lookup[] => lookupsOf(node);
