import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { placeObjects } from '../../src/shards/object-place.ts';
import { JURISDICTIONS, LOCATIONS, type PlaceEnv, placeProblems } from '../../src/shards/place-settings.ts';

/** Notes what it is asked for, as `<jurisdiction> <method> <name> <hint>`. */
function fakeNamespace(calls: string[], jurisdiction = '-'): DurableObjectNamespace {
  const note = (method: string, name: unknown, options?: DurableObjectNamespaceGetDurableObjectOptions) =>
    calls.push(`${jurisdiction} ${method} ${name} ${options?.locationHint ?? '-'}`);
  return {
    idFromName: (name: string) => {
      note('id', name);
      return name;
    },
    get: (id: unknown, options?: DurableObjectNamespaceGetDurableObjectOptions) => note('get', id, options),
    getByName: (name: string, options?: DurableObjectNamespaceGetDurableObjectOptions) =>
      note('getByName', name, options),
    jurisdiction: (code: string) => fakeNamespace(calls, code),
  } as unknown as DurableObjectNamespace;
}

function ask(variables: Readonly<Record<string, string>>): string[] {
  const calls: string[] = [];
  const names = ['SHARD', 'CATALOG', 'MONITOR', 'RATE_LIMITER', 'LAB'] as const;
  const bound = Object.fromEntries(names.map((name) => [name, fakeNamespace(calls)]));
  const placed = placeObjects({ ...bound, ...variables }) as unknown as Record<string, DurableObjectNamespace>;
  for (const name of names) placed[name]!.getByName(name);
  placed.SHARD!.get(placed.SHARD!.idFromName('s'));
  return calls;
}

describe('the place of objects', () => {
  it('is that of the platform where the environment says nothing', () => {
    expect(ask({}).every((call) => call.startsWith('- ') && call.endsWith(' -'))).toBe(true);
    expect(ask({ SHARDQL_JURISDICTION: '', SHARDQL_LOCATION: 'the moon' })).toEqual(ask({}));
  });

  it('is the jurisdiction for all of them, and near the location for those that keep rows', () => {
    expect(ask({ SHARDQL_JURISDICTION: 'eu', SHARDQL_LOCATION: 'weur' })).toEqual([
      'eu getByName SHARD weur',
      'eu getByName CATALOG weur',
      'eu getByName MONITOR weur',
      'eu getByName RATE_LIMITER -',
      // Not one of ShardQL's.
      '- getByName LAB -',
      'eu id s -',
      'eu get s weur',
    ]);
    expect(ask({ SHARDQL_LOCATION: 'oc' })).toContain('- getByName SHARD oc');
  });

  it('is what the name of a shard says, within that of the deployment as far as it says nothing', () => {
    const askFor = (name: string, variables: Readonly<Record<string, string>> = {}) => {
      const calls: string[] = [];
      const bindings = { SHARD: fakeNamespace(calls), MONITOR: fakeNamespace(calls) };
      const { SHARD, MONITOR } = placeObjects<PlaceEnv & typeof bindings>({ ...bindings, ...variables });
      SHARD.getByName(name);
      MONITOR.getByName(name);
      return calls;
    };
    expect(askFor('eu-0')).toEqual(['eu getByName eu-0 -', '- getByName eu-0 -']);
    expect(askFor('eu.weur-12')[0]).toBe('eu getByName eu.weur-12 weur');
    const inEu = { SHARDQL_JURISDICTION: 'eu', SHARDQL_LOCATION: 'eeur' };
    expect(askFor('weur-0', inEu)[0]).toBe('eu getByName weur-0 weur');
    expect(askFor('eu-0', inEu)[0]).toBe('eu getByName eu-0 eeur');
    // The hint may be outside of it.
    expect(askFor('us-0', inEu)[0]).toBe('us getByName us-0 -');
    for (const name of ['shard-0', 'eu', 'eu-01', 'weur.eu-0', 'paris-0']) {
      expect(askFor(name)[0]).toBe(`- getByName ${name} -`);
    }
  });

  it('is this machine where the runtime has no jurisdictions', async () => {
    const placed = placeObjects({ LAB: env.LAB, SHARD: env.LAB, SHARDQL_JURISDICTION: 'eu', SHARDQL_LOCATION: 'weur' });
    const id = placed.SHARD.idFromName('placed');
    expect(id.toString()).toBe(env.LAB.idFromName('placed').toString());
    expect(placed.SHARD.get(id).id.toString()).toBe(id.toString());
  });

  it('is any that the platform has, by its types', () => {
    const all: Record<DurableObjectJurisdiction | DurableObjectLocationHint, true> = {
      ...{ eu: true, us: true, fedramp: true, 'fedramp-high': true },
      ...{ wnam: true, enam: true, sam: true, weur: true, eeur: true, apac: true, 'apac-ne': true, 'apac-se': true },
      ...{ oc: true, afr: true, me: true },
    };
    expect([...JURISDICTIONS, ...LOCATIONS].sort()).toEqual(Object.keys(all).sort());
  });

  it('is wrong where no such place is known', () => {
    expect(placeProblems({ SHARDQL_JURISDICTION: 'eu', SHARDQL_LOCATION: '' })).toEqual([]);
    expect(placeProblems({ SHARDQL_JURISDICTION: 'EU', SHARDQL_LOCATION: 'paris' })).toEqual([
      'Expected SHARDQL_JURISDICTION to be one of eu, us, fedramp, fedramp-high, but got "EU". Did you mean "eu"?',
      expect.stringMatching(/^Expected SHARDQL_LOCATION to be one of wnam, .*, but got "paris"\.$/),
    ]);
  });
});
