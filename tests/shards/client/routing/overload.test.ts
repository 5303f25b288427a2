/** F36, by a simulation: what isolates send to a shard that does one call at a time, and is asked for more than it can do. */
import { describe, expect, it } from 'vitest';
import { Admission } from '../../../../src/shards/client/routing/admission.ts';
import { createRandom, seedOfRun } from '../../../support/random.ts';
import { type Asked, percentile, type Simulation, simulate, type Tenant } from './simulate-shard.ts';

/** Calls a second that the shard can answer. */
const CAPACITY = 500;
const SERVICE_MS = 1_000 / CAPACITY;
const SEED = seedOfRun();

const tenants = (count: number, perSecond: number, fromS: number, toS: number): Tenant[] =>
  Array.from({ length: count }, (_, at) => ({ name: `t:${at}`, perSecond: perSecond / count, fromS, toS }));

function run(asking: readonly Tenant[], options: Partial<Simulation> = {}) {
  const random = createRandom(SEED);
  const serviceMs = () => -Math.log(1 - random()) * SERVICE_MS;
  return simulate({ isolates: 8, oneWayMs: 10, serviceMs, random, tenants: asking, ...options });
}

const within = (asked: readonly Asked[], fromS: number, toS: number) =>
  asked.filter(({ atMs }) => atMs >= fromS * 1_000 && atMs < toS * 1_000);
const answered = (asked: readonly Asked[]) => asked.filter(({ outcome }) => outcome === 'answered');
const refused = (asked: readonly Asked[]) => asked.filter(({ outcome }) => outcome === 'refused');
const p = (share: number, asked: readonly Asked[]) =>
  percentile(
    asked.map(({ tookMs }) => tookMs),
    share,
  );

/** As it was: bounds, and nothing that follows how the shard is. */
class Bounded extends Admission {
  override ended(...[permit]: Parameters<Admission['ended']>): void {
    this.release(permit);
  }
  override timedOut(...[permit]: Parameters<Admission['timedOut']>): void {
    this.release(permit);
  }
  override standInLine(): null {
    return null;
  }
}

describe(`a shard that is asked for more than it can answer (seed ${SEED})`, () => {
  const usual = tenants(100, 0.7 * CAPACITY, 0, 22);
  const more = tenants(100, 4.3 * CAPACITY, 5, 12);

  it('F36: answers as much as it can, refuses the rest soon, and is as before at once', () => {
    const { asked, wastedMs, inFlight } = run([...usual, ...more]);
    const [before, during, after] = [within(asked, 0, 5), within(asked, 5, 12), within(asked, 14, 22)];
    expect(refused(before)).toEqual([]);
    expect(answered(during).length / 7).toBeGreaterThan(0.9 * CAPACITY);
    expect(p(0.99, answered(during))).toBeLessThan(2_500);
    expect(refused(during).length).toBeGreaterThan(0.6 * during.length);
    expect(p(1, refused(during))).toBeLessThan(1_200);
    expect(answered(after).length).toBeGreaterThan(0.95 * after.length);
    expect(p(0.5, answered(after))).toBeLessThan(2 * p(0.5, answered(before)));
    expect(asked.filter(({ outcome }) => outcome === 'late')).toEqual([]);
    expect(wastedMs).toBe(0);
    expect(inFlight).toBe(0);
  });

  it('without: everybody waits for seconds', () => {
    const { asked } = run([...usual, ...more], { admission: () => new Bounded() });
    expect(p(0.5, answered(within(asked, 8, 12)))).toBeGreaterThan(4_000);
  });
});

describe(`one tenant that asks for twice what a shard can answer, beside others who ask for a fifth (seed ${SEED})`, () => {
  const others = tenants(19, 0.2 * CAPACITY, 0, 20);
  const hot: Tenant = { name: 'hot', perSecond: 2 * CAPACITY, fromS: 5, toS: 20 };
  const ofOthers = (asked: readonly Asked[]) => asked.filter(({ tenant }) => tenant !== hot.name);

  it.each([1, 8])('is held back, and the others hardly notice: %i isolates', (isolates) => {
    const { asked } = run([...others, hot], { isolates });
    const alone = ofOthers(within(asked, 0, 5));
    // It takes about a second to find out.
    const beside = ofOthers(within(asked, 7, 20));
    expect(refused(beside).length).toBeLessThan(0.01 * beside.length);
    expect(p(0.5, answered(beside))).toBeLessThan(3 * p(0.5, answered(alone)));
    expect(p(0.99, answered(beside))).toBeLessThan(250);
    // What they leave, it has.
    const served = answered(within(asked, 7, 20)).length / 13;
    expect(served).toBeGreaterThan(0.85 * CAPACITY);
  });

  it('without: they wait as long as it does', () => {
    const { asked } = run([...others, hot], { admission: () => new Bounded() });
    expect(p(0.5, answered(ofOthers(within(asked, 7, 20))))).toBeGreaterThan(1_000);
  });
});

describe('a shard with calls that take long', () => {
  it('is no reason to refuse those who send one after the other', () => {
    const { asked } = run(
      [
        { name: 'quick', perSecond: 10, fromS: 0, toS: 30 },
        { name: 'slow', perSecond: 1.5, fromS: 0, toS: 30 },
      ],
      { serviceMs: () => 40, isolates: 1 },
    );
    expect(refused(asked)).toEqual([]);
  });
});
