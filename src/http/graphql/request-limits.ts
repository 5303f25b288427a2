import { unknownRole } from '../../model/access/unknown-role.ts';
import type { Model } from '../../model/types.ts';
import { misconfigured } from '../core/misconfigured.ts';

/**
 * What one request to `/graphql` may hold and take, each at least 1. Requests that hold more are refused before they are validated,
 * those that cost more before they run. Fields and aliases of a fragment count wherever it is spread.
 */
export interface RequestLimits {
  /** Bytes of its body. Default 10,000,000: a row may hold 2 MB, and JSON escapes lengthen text up to six times. */
  readonly bodyBytes: number;
  /** Names, values and signs of the document. Default 15,000. */
  readonly tokens: number;
  /** Fields of the query or mutation type in an operation: each is planned and read by itself. Default 100. */
  readonly rootFields: number;
  /** Fields in an operation. Default 10,000. */
  readonly fields: number;
  /** Aliases in an operation. Default 500. */
  readonly aliases: number;
  /** Directives in the document. Default 500. */
  readonly directives: number;
  /** Operations and fragments in the document: fragments are compared with each other. Default 300. */
  readonly definitions: number;
  /**
   * What an operation may cost, about one for each row that it may read: for everyone, or by role, where `default` is for the roles
   * that are not named. Operators, and the developer on their own machine, have no such limit. Default 250,000.
   */
  readonly cost: number | Readonly<Record<string, number>>;
  /** Shards that an operation may ask, reading and writing. Default 1,024, which are all. */
  readonly shards: number;
  /** Bytes of the answer. Default 10,000,000. */
  readonly answerBytes: number;
  /** Milliseconds from the request to the answer; calls to shards end then. Default 10,000, or `requestDeadlineMs` of the router. */
  readonly deadlineMs: number;
}

const DEFAULTS: RequestLimits = {
  bodyBytes: 10_000_000,
  tokens: 15_000,
  rootFields: 100,
  fields: 10_000,
  aliases: 500,
  directives: 500,
  definitions: 300,
  cost: 250_000,
  shards: 1_024,
  answerBytes: 10_000_000,
  deadlineMs: 10_000,
};

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError INTERNAL_SERVER_ERROR that names the limit unless every value is a whole number from 1 on.
 */
export function toRequestLimits(given: Partial<RequestLimits>): RequestLimits {
  const limits = { ...DEFAULTS, ...given };
  for (const [name, value] of Object.entries<unknown>(limits)) {
    if (!(name in DEFAULTS)) {
      throw misconfigured(`Expected limits to be ${Object.keys(DEFAULTS).join(', ')}, but got ${name}.`);
    }
    if (name !== 'cost' || typeof value !== 'object' || value === null) requireWhole(`limits.${name}`, value);
  }
  return typeof limits.cost === 'number' ? limits : { ...limits, cost: toBudgets(limits.cost) };
}

/**
 * A budget of a misspelt role would be nobody's, and callers of that role would have the default.
 *
 * @throws ShardQLError INTERNAL_SERVER_ERROR for the first budget of a role that the model does not let in, operators' among them, who have none.
 */
export function requireBudgetsOfRoles({ cost }: RequestLimits, model: Model): void {
  if (typeof cost === 'number') return;
  for (const role of Object.keys(cost)) {
    const problem = unknownRole(model, role, 'a key of limits.cost', ['default']);
    if (problem !== null) throw misconfigured(problem);
  }
}

function toBudgets(given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const budgets = { default: DEFAULTS.cost as number, ...given };
  for (const [role, budget] of Object.entries(budgets)) requireWhole(`limits.cost.${role}`, budget);
  return budgets;
}

function requireWhole(name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw misconfigured(`Expected ${name} to be a whole number from 1 on, but got ${value}.`);
}
