import { readTableRows } from './read-table.ts';

export type FeatureState = 'full' | 'part' | 'missing';

/** A row of docs/features.md: `| feature | state | what proves it, and what is missing |`. */
export interface Feature {
  readonly name: string;
  readonly state: FeatureState;
  /** Documents in the last cell. Those of missing features are refused, those of others are answered. */
  readonly queries: readonly string[];
  /** Test files that the last cell links to, from the project's root. */
  readonly tests: readonly string[];
}

/** Throws for a state that is none. */
export function readFeatures(text: string): Feature[] {
  return readTableRows(text).map(([name, state, proof]) => {
    if (state !== 'full' && state !== 'part' && state !== 'missing') {
      throw new Error(`Expected the state of "${name}" to be full, part or missing, but got "${state}".`);
    }
    return {
      name: name!,
      state,
      queries: [...proof!.matchAll(/`((?:\{|query|mutation) ?[^`]*\})`/g)].map(([, query]) => query!),
      tests: [...proof!.matchAll(/\]\(\.\.\/(tests\/[^)]*)\)/g)].map(([, path]) => path!),
    };
  });
}
