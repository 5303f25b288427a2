import type { RequestContext } from '../context.ts';

/** Whether a field, by its `dryRun` argument, or its whole request is undone again. Null is refused with the other arguments. */
export const isDryRun = (
  { dryRun }: Readonly<Record<string, unknown>>,
  context: Pick<RequestContext, 'isDryRun'>,
): boolean => dryRun === true || context.isDryRun === true;
