/** What the rule for `access` says of what it finds. */
import { closestName } from '../../lib/closest-name.ts';
import { Claim } from '../access/claim.ts';
import type { ModelProblem } from '../model-error.ts';

/** Reports a problem of the role and table at hand. */
export type ReportWrong = (message: ModelProblem['message'], remedy: ModelProblem['remedy']) => void;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function describe(value: unknown): string {
  if (value instanceof Claim) return 'a claim';
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}

/** The name that was probably meant; where none is close, all that there are, behind `listed`. */
export function meantName(given: string, known: readonly string[], listed = 'Write one of:'): string {
  const closest = closestName(given, known);
  return closest === undefined ? `${listed} ${known.join(', ')}.` : `Did you mean ${JSON.stringify(closest)}?`;
}
