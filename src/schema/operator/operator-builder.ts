import SchemaBuilder from '@pothos/core';
import type { RequestContext } from '../../resolvers/context.ts';
import type { ApiKeys } from '../../shards/client/api-keys.ts';
import type { AuditTrail } from '../../shards/client/audit-trail.ts';
import type { Bookmarks } from '../../shards/client/bookmarks.ts';
import type { Fleet } from '../../shards/client/fleet.ts';
import type { KeyPlacements } from '../../shards/client/key-placements.ts';
import type { Scalars } from '../builder.ts';

/** What resolvers of operators' fields know of the request. */
interface OperatorContext extends RequestContext {
  readonly apiKeys: ApiKeys;
  readonly bookmarks: Bookmarks;
  readonly audit: AuditTrail;
  readonly fleet: Fleet;
  readonly keyPlacements: KeyPlacements;
}

/** A Pothos builder for what operators may ask. */
export const createOperatorBuilder = () =>
  new SchemaBuilder<{
    Context: OperatorContext;
    Scalars: Pick<Scalars, 'JSON'>;
    DefaultFieldNullability: false;
  }>({ defaultFieldNullability: false });

export type OperatorBuilder = ReturnType<typeof createOperatorBuilder>;

/** Adds a field, and the types that it alone has. */
export type OperatorField = (builder: OperatorBuilder) => void;
