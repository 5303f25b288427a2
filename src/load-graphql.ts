/**
 * Loads graphql, before anything else imports it. It makes an error while it loads; to note the lines of an error's stack,
 * the runtime reads the functions in it once more, and one of them would be the whole bundle.
 */
import './stackless-error.ts';
import { GraphQLError } from 'graphql';
import { restoreError } from './stackless-error.ts';

restoreError(GraphQLError);
