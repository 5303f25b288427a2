import type { Requirement } from '../../cache/requirement.ts';
import type { RequestContext } from '../context.ts';

/** What the reads for one field of the response have in common. */
export interface FieldRead {
  readonly context: RequestContext;
  readonly requirement: Requirement;
  /** Response keys from the root to the field. */
  readonly path: readonly string[];
}
