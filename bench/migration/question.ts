/** What the large shard is asked. `bytes`: of a row, about. `way`: what is done in steps. */
export type Way = 'steps' | 'indexed' | 'at-once';

export type Question =
  | { readonly kind: 'fill'; readonly from: number; readonly to: number; readonly bytes: number }
  | { readonly kind: 'write'; readonly row: number }
  | { readonly kind: 'work' | 'apply'; readonly way: Way }
  | { readonly kind: 'size' }
  | { readonly kind: 'rows'; readonly sql: string };
