/** Has an operator's action done as people do it: they look at a preview, and send its confirmation. */
type Ask<Answer> = (query: string, variables?: Record<string, unknown>) => Promise<Answer>;

interface AnyAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: of any query.
  readonly data: any;
  readonly errors: readonly unknown[];
}

/**
 * @param call a field of the mutation with its arguments, as in `undo(operationId: "…")`.
 * @param selection of its payload.
 * @param declared of the variables in `call`, as in `($id: ID!)`.
 * @returns the answer of the preview where that fails, else that of the action.
 */
export async function confirmed<Answer extends AnyAnswer>(
  ask: Ask<Answer>,
  call: string,
  selection: string,
  declared = '',
  variables: Record<string, unknown> = {},
): Promise<Answer> {
  const previewed = await ask(
    `mutation ${declared} { ${withArgument(call, 'preview: true')} { confirmation { token } } }`,
    variables,
  );
  if (previewed.errors.length > 0) return previewed;
  const field = /^\w+/.exec(call)![0];
  const { token } = previewed.data[field].confirmation;
  return await ask(
    `mutation ${declared} { ${withArgument(call, `confirmation: ${JSON.stringify(token)}`)} { ${selection} } }`,
    variables,
  );
}

const withArgument = (call: string, argument: string): string => call.replace(/\)$/, `, ${argument})`);
