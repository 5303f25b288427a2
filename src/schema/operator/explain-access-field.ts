import {
  ACCESS_ACTIONS,
  type AccessAction,
  type AccessCheck,
  type AccessDecision,
  type AccessTransition,
  claimsOf,
  explainAccess,
} from '../../resolvers/operator/explain-access.ts';
import type { OperatorField } from './operator-builder.ts';

const ACTIONS: Readonly<Record<AccessAction, string>> = {
  READ: 'See the row.',
  CREATE: 'Create a row that is as this one.',
  UPDATE: 'Change the row.',
  DELETE: 'Delete the row.',
};

/** `Query.explainAccess`. */
export const explainAccessField: OperatorField = (builder) => {
  const action = builder.enumType('AccessAction', {
    values: Object.fromEntries(ACCESS_ACTIONS.map((value) => [value, { value, description: ACTIONS[value] }])),
  });
  const check = builder.objectRef<AccessCheck>('AccessCheck').implement({
    description: 'A part of a rule. All parts have to hold.',
    fields: (t) => ({
      rule: t.exposeString('rule', { description: 'Where it stands in the model: `Type.access.role.read`.' }),
      where: t.expose('where', {
        type: 'JSON',
        description: 'The part, with claims as `{ claim: name }`; `true`: it holds for all rows.',
      }),
      holds: t.exposeBoolean('holds', {
        nullable: true,
        description: 'Null: it is about what a write makes of the row.',
      }),
      missingClaims: t.stringList({
        description: 'What the part compares with, and the caller does not have: it is false then.',
        resolve: ({ missingClaims }) => [...missingClaims],
      }),
      row: t.expose('row', {
        type: 'JSON',
        description: 'The row’s values of the columns that the part looks at, or finds related rows by.',
      }),
    }),
  });
  const transition = builder.objectRef<AccessTransition>('AccessTransition').implement({
    description: 'A change that an update may make.',
    fields: (t) => ({
      from: t.expose('from', { type: 'JSON', description: 'What the row has to be before.' }),
      to: t.expose('to', { type: 'JSON', description: 'What it has to be afterwards.' }),
      open: t.exposeBoolean('isOpen', { description: 'Whether the row is what `from` asks for.' }),
      row: t.expose('row', { type: 'JSON', description: 'The row’s values of the columns that `from` looks at.' }),
    }),
  });
  const decision = builder.objectRef<AccessDecision>('AccessDecision').implement({
    description: 'Whether a caller may do something with a row, and why.',
    fields: (t) => ({
      allowed: t.exposeBoolean('isAllowed', { description: 'Whether the caller may.' }),
      decidedBy: t.exposeString('decidedBy', { description: 'The rule that decides; also one that is missing.' }),
      reason: t.exposeString('reason', { description: 'In a sentence.' }),
      checks: t.field({ type: [check], description: 'The parts of the rule.', resolve: ({ checks }) => [...checks] }),
      transitions: t.field({
        type: [transition],
        description: 'Of an update whose rule names some. The columns that they look at may also stay as they are.',
        resolve: ({ transitions }) => [...transitions],
      }),
      columns: t.stringList({
        description: 'Columns that the caller may read; or give, where it creates or updates. None where it is denied.',
        resolve: ({ columns }) => [...columns],
      }),
    }),
  });
  builder.queryField('explainAccess', (t) =>
    t.field({
      type: decision,
      nullable: true,
      description: 'Which rule decides what a caller may do with a row.',
      args: {
        role: t.arg.string({ required: true, description: 'Of the caller.' }),
        claims: t.arg({ type: 'JSON', description: 'Of the caller: an object. Default: none.' }),
        nodeId: t.arg.id({ required: true, description: 'The row, by its global id.' }),
        action: t.arg({ type: action, required: true, defaultValue: 'READ', description: 'What it would do.' }),
      },
      resolve: (_, { role, claims, nodeId, action: asked }, context) =>
        explainAccess(
          { role, claims: claimsOf(claims), nodeId: String(nodeId), action: asked as AccessAction },
          context,
        ),
    }),
  );
};
