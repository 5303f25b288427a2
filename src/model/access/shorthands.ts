/** The rules that most tables need. Spread one to change a part of it: `{ ...tenant('tenantId'), delete: false }`. */
import { type Claim, claim } from './claim.ts';

/** What the shorthands say of rows: a column's value is a claim. */
type OwnRows<Column extends string> = { readonly [Name in Column]: { readonly eq: Claim } };

interface OwnAccess<Column extends string> {
  readonly read: OwnRows<Column>;
  readonly create: { readonly set: { readonly [Name in Column]: Claim } };
  readonly update: true;
  readonly delete: true;
}

/** All rows may be read, none written. */
export const readOnly = { read: true } as const;

/**
 * The rows of the caller's tenant may be read and written; new ones are the tenant's.
 *
 * @param column holds the tenant's key.
 * @param claimName what the caller's credential calls it.
 */
export const tenant = <const Column extends string>(column: Column, claimName = 'shardKey'): OwnAccess<Column> =>
  own(column, claimName);

/**
 * The caller's own rows may be read and written; new ones are the caller's.
 *
 * @param column holds whose they are.
 * @param claimName what the caller's credential calls it. Default: as the column.
 */
export const owner = <const Column extends string>(column: Column, claimName: string = column): OwnAccess<Column> =>
  own(column, claimName);

/** What both allow: `both(tenant('tenantId'), owner('customerId'))`. */
export const both = <A extends string, B extends string>(a: OwnAccess<A>, b: OwnAccess<B>): OwnAccess<A | B> =>
  ({
    read: { ...a.read, ...b.read },
    create: { set: { ...a.create.set, ...b.create.set } },
    update: true,
    delete: true,
  }) as OwnAccess<A | B>;

const own = <Column extends string>(column: Column, claimName: string): OwnAccess<Column> => {
  const value = claim(claimName);
  return {
    read: { [column]: { eq: value } },
    create: { set: { [column]: value } },
    update: true,
    delete: true,
  } as OwnAccess<Column>;
};
