/** Where Durable Objects are made. */
import { JURISDICTIONS, LOCATIONS, type PlaceEnv } from './place-settings.ts';

interface ObjectPlace {
  readonly jurisdiction: DurableObjectJurisdiction | null;
  readonly location: DurableObjectLocationHint | null;
}

type Placed = 'SHARD' | 'CATALOG' | 'MONITOR' | 'RATE_LIMITER';

/** Objects that count requests are made near who sends them. */
const WITHOUT_HINT: ReadonlySet<Placed> = new Set(['RATE_LIMITER']);
const PLACED: readonly Placed[] = ['SHARD', 'CATALOG', 'MONITOR', 'RATE_LIMITER'];

/**
 * The environment with namespaces whose objects are where it says; the same one if it says nothing. A value that is wrong is as none: the API
 * refuses all requests then.
 */
export function placeObjects<Bindings extends PlaceEnv>(env: Bindings): Bindings {
  const place: ObjectPlace = {
    jurisdiction: oneOf(env.SHARDQL_JURISDICTION, JURISDICTIONS),
    location: oneOf(env.SHARDQL_LOCATION, LOCATIONS),
  };
  if (place.jurisdiction === null && place.location === null) return env;
  const bound = env as { readonly [name in Placed]?: DurableObjectNamespace };
  const placed = PLACED.flatMap((name) => {
    const namespace = bound[name];
    if (namespace === undefined) return [];
    const { jurisdiction } = place;
    const location = WITHOUT_HINT.has(name) ? null : place.location;
    return [[name, new PlacedNamespace(namespace, { jurisdiction, location })] as const];
  });
  return { ...env, ...Object.fromEntries(placed) };
}

/** What is used of a namespace. */
type Namespace = Pick<DurableObjectNamespace, 'idFromName' | 'get' | 'getByName'>;

class PlacedNamespace implements Namespace {
  readonly #namespace: DurableObjectNamespace;
  readonly #options: DurableObjectNamespaceGetDurableObjectOptions | undefined;

  constructor(namespace: DurableObjectNamespace, { jurisdiction, location }: ObjectPlace) {
    this.#namespace = jurisdiction === null ? namespace : inJurisdiction(namespace, jurisdiction);
    // Honoured when an object is made, and not looked at later.
    this.#options = location === null ? undefined : { locationHint: location };
  }

  idFromName(name: string): DurableObjectId {
    return this.#namespace.idFromName(name);
  }

  get(id: DurableObjectId): DurableObjectStub<undefined> {
    return this.#namespace.get(id, this.#options);
  }

  getByName(name: string): DurableObjectStub<undefined> {
    return this.#namespace.getByName(name, this.#options);
  }
}

/** The runtime on one's own machine has no jurisdictions, and says so. */
function inJurisdiction(
  namespace: DurableObjectNamespace,
  jurisdiction: DurableObjectJurisdiction,
): DurableObjectNamespace {
  try {
    return namespace.jurisdiction(jurisdiction);
  } catch (error) {
    if (/not implemented in workerd/.test((error as Error).message)) return namespace;
    throw error;
  }
}

function oneOf<Code extends string>(value: string | undefined, codes: readonly Code[]): Code | null {
  return codes.find((code) => code === value) ?? null;
}
