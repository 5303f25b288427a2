import { callerText, demoCallers } from './callers.ts';
import { examplesOfRole } from './examples-of-roles.ts';
import { makeShop } from './shop.ts';

/** A tab of GraphiQL. */
export interface ExampleTab {
  readonly query: string;
  /** Of whom it is an example: `<role> {claims as JSON}`. */
  readonly as: string;
}

/**
 * What GraphiQL shows at a first visit of the demo's roles, after the tabs that it makes for any model. Keys are those of the demo's rows, and
 * stand in the text. Each runs as it stands, again and again.
 */
export function exampleTabs(): ExampleTab[] {
  const { customers, products } = makeShop();
  const named = { tenantId: customers[0]!.tenant_id, productId: products[0]!.id };
  return demoCallers().flatMap((caller) =>
    examplesOfRole(caller.role, named).map((query) => ({ query: query.trim(), as: callerText(caller) })),
  );
}
