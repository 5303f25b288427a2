/** Where Durable Objects are made. */
import { getOrInsert } from '../lib/get-or-insert.ts';
import { JURISDICTIONS, LOCATIONS, type PlaceEnv } from './place-settings.ts';
import { placeOfShard } from './shard-place.ts';

interface ObjectPlace {
  readonly jurisdiction: DurableObjectJurisdiction | null;
  readonly location: DurableObjectLocationHint | null;
}

type Placed = 'SHARD' | 'CATALOG' | 'MONITOR' | 'RATE_LIMITER';

/** Objects that count requests are made near who sends them. */
const WITHOUT_HINT: ReadonlySet<Placed> = new Set(['RATE_LIMITER']);
const PLACED: readonly Placed[] = ['SHARD', 'CATALOG', 'MONITOR', 'RATE_LIMITER'];

/**
 * The environment with namespaces whose objects are where it says, and shards where their names say. A value that is wrong is as none: the
 * API refuses all requests then.
 */
export function placeObjects<Bindings extends PlaceEnv>(env: Bindings): Bindings {
  const place: ObjectPlace = {
    jurisdiction: oneOf(env.SHARDQL_JURISDICTION, JURISDICTIONS),
    location: oneOf(env.SHARDQL_LOCATION, LOCATIONS),
  };
  const bound = env as { readonly [name in Placed]?: DurableObjectNamespace };
  const placed = PLACED.flatMap((name) => {
    const namespace = bound[name];
    return namespace === undefined ? [] : [[name, new PlacedNamespace(namespace, placeIn(place, name))] as const];
  });
  return { ...env, ...Object.fromEntries(placed) };
}

/** Where the objects of a namespace are, by their names. */
function placeIn({ jurisdiction, location }: ObjectPlace, namespace: Placed): (name: string) => ObjectPlace {
  const place: ObjectPlace = { jurisdiction, location: WITHOUT_HINT.has(namespace) ? null : location };
  if (namespace !== 'SHARD') return () => place;
  return (name) => {
    const own = placeOfShard(name);
    if (own === null) return place;
    // What is near the deployment may be outside of another jurisdiction.
    const near = own.jurisdiction === null || own.jurisdiction === jurisdiction ? location : null;
    return { jurisdiction: own.jurisdiction ?? jurisdiction, location: own.location ?? near };
  };
}

/** What is used of a namespace. */
type Namespace = Pick<DurableObjectNamespace, 'idFromName' | 'get' | 'getByName'>;

/** Objects have names. */
class PlacedNamespace implements Namespace {
  readonly #namespace: DurableObjectNamespace;
  readonly #placeOf: (name: string) => ObjectPlace;
  readonly #byJurisdiction = new Map<DurableObjectJurisdiction, DurableObjectNamespace>();

  constructor(namespace: DurableObjectNamespace, placeOf: (name: string) => ObjectPlace) {
    this.#namespace = namespace;
    this.#placeOf = placeOf;
  }

  idFromName(name: string): DurableObjectId {
    return this.#in(this.#placeOf(name)).idFromName(name);
  }

  get(id: DurableObjectId): DurableObjectStub<undefined> {
    const place = this.#placeOf(id.name ?? '');
    return this.#in(place).get(id, optionsOf(place));
  }

  getByName(name: string): DurableObjectStub<undefined> {
    const place = this.#placeOf(name);
    return this.#in(place).getByName(name, optionsOf(place));
  }

  #in({ jurisdiction }: ObjectPlace): DurableObjectNamespace {
    if (jurisdiction === null) return this.#namespace;
    return getOrInsert(this.#byJurisdiction, jurisdiction, () => inJurisdiction(this.#namespace, jurisdiction));
  }
}

/** Honoured when an object is made, and not looked at later. */
const optionsOf = ({ location }: ObjectPlace): DurableObjectNamespaceGetDurableObjectOptions | undefined =>
  location === null ? undefined : { locationHint: location };

/**
 * The runtime on one's own machine has no jurisdictions, and says so. By its text alone: it has the method as the platform does, gives its errors no code, and
 * nothing else tells the two apart. Whatever else fails has to refuse, or rows would be stored outside of their jurisdiction. So a text that
 * changes stops the tests, and what runs locally; never a deployment.
 */
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
