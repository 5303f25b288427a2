import { GraphQLError, Source } from 'graphql';
import { expect, it } from 'vitest';
import { compareErrors } from '../../../src/http/graphql/error-order.ts';

const source = new Source('{ one { rows { two } }\n three }');
const errorAt = (text: string, path: readonly (string | number)[]): GraphQLError =>
  new GraphQLError(text, { source, positions: [source.body.indexOf(text)], path });

it('errors stand in the order of the document, then of rows', () => {
  const ordered = [
    errorAt('one', ['one']),
    errorAt('two', ['one', 'rows', 2, 'two']),
    errorAt('two', ['one', 'rows', 10, 'two']),
    errorAt('three', ['three']),
  ];
  expect(ordered.toReversed().sort(compareErrors)).toEqual(ordered);
  expect([ordered[3]!, new GraphQLError('of no place')].sort(compareErrors)[0]!.message).toBe('of no place');
});
