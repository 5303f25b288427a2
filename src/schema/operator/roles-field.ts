import { claimsOfRoles } from '../../model/access/claims-of-roles.ts';
import type { OperatorField } from './operator-builder.ts';

interface ShownRole {
  readonly name: string;
  readonly claims: readonly string[];
}

/** `Query.roles`. */
export const rolesField: OperatorField = (builder) => {
  const role = builder.objectRef<ShownRole>('Role').implement({
    description: 'A role that access rules of the model name.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'As tokens and API keys name it.' }),
      claims: t.stringList({
        description: 'Names of the claims that its rules use: without one of them, the rules that use it are false.',
        resolve: ({ claims }) => [...claims],
      }),
    }),
  });
  builder.queryField('roles', (t) =>
    t.field({
      type: [role],
      nullable: true,
      description: 'The roles of the model, with the claims that their rules use.',
      resolve: (_, __, { model }) => Object.entries(claimsOfRoles(model)).map(([name, claims]) => ({ name, claims })),
    }),
  );
};
