import { BoundedMap } from '../../../lib/bounded-map.ts';
import type { Version } from '../../version.ts';

/** Imports that are remembered; the one that began first is forgotten for a new one. */
const MAX_RUNS = 64;

/**
 * Since which version each import writes to this shard. Kept in memory only: an import that goes on after a restart of
 * the shard starts from its next batch: fewer of its repeated keys are noticed, and none that are not.
 */
export class ImportRuns {
  readonly #firstVersionById = new BoundedMap<string, Version>(MAX_RUNS);

  /** Version of the first commit of the import; null before it is {@link committed}. */
  firstVersion(id: string): Version | null {
    return this.#firstVersionById.get(id) ?? null;
  }

  /** Called after each commit of the import. */
  committed(id: string, version: Version): void {
    if (!this.#firstVersionById.has(id)) this.#firstVersionById.set(id, version);
  }
}
