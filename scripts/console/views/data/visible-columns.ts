import type { CallFailure } from '../../calls/call.ts';

const UNKNOWN_FIELD = /^Cannot query field "(?<name>\w+)" on type "(?<type>\w+)"/;

/**
 * Columns that a caller may not see, by what the API says of a query with all of them: a schema has no more than its caller may see, and
 * cannot be asked for where it is not shown. Null: the failure is another.
 */
export function hiddenColumns(failure: CallFailure | null, type: string): readonly string[] | null {
  if (failure?.code !== 'GRAPHQL_VALIDATION_FAILED') return null;
  const hidden = failure.messages.map((message) => {
    const { name, type: of } = UNKNOWN_FIELD.exec(message)?.groups ?? {};
    return of === type ? name : undefined;
  });
  return hidden.length > 0 && hidden.every((name) => name !== undefined) ? (hidden as string[]) : null;
}
