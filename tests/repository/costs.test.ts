import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakEvenTable, monthsTable, operationsTable, pricesTable, withTable } from '../billing/costs-page.ts';
import { MODES, monthOf, SIZES } from '../billing/months.ts';
import type { OperationName } from '../billing/operations.ts';
import { monthlyPrice } from '../billing/prices.ts';
import { type Usage, usageOf } from '../billing/usage.ts';

const PROJECT = join(import.meta.dirname, '../..');
const measured = JSON.parse(readFileSync(join(PROJECT, 'tests/billing/measured.json'), 'utf8')) as Readonly<
  Record<OperationName, Partial<Usage>>
>;
const of = (name: OperationName): Usage => usageOf(measured[name]);

describe('docs/costs.md', () => {
  it('has the figures that tests/billing measures (to accept a change: npm run costs:update)', async () => {
    const path = join(PROJECT, 'docs/costs.md');
    const tables = {
      'Per operation': operationsTable(of),
      'Per month': monthsTable(of),
      'When the cache pays': breakEvenTable(of),
      Prices: pricesTable(),
    };
    const page = Object.entries(tables).reduce(
      (text, [heading, table]) => withTable(text, heading, table),
      readFileSync(path, 'utf8'),
    );
    await expect(page).toMatchFileSnapshot(path);
  });

  it('says of each month that CACHED costs less than STRONG, and of the middle one that it stays below the goal of $50', () => {
    for (const size of SIZES.filter(({ name }) => name !== 'small')) {
      const [strong, , cached, far] = MODES.map((mode) => {
        const { usage, cpuMs, gigabytes } = monthOf(size, mode, of);
        return Object.values(monthlyPrice(usage, cpuMs, gigabytes)).reduce((sum, price) => sum + price, 0);
      });
      expect(cached, size.name).toBeLessThan(strong!);
      expect(far, size.name).toBeLessThan(strong!);
      if (size.name === 'middle') expect(strong).toBeLessThan(50);
    }
  });

  it('says of each month what its parts add up to', () => {
    const middle = SIZES.find(({ name }) => name === 'middle')!;
    const { usage, cpuMs, gigabytes } = monthOf(middle, MODES[0]!, of);
    const price = monthlyPrice(usage, cpuMs, gigabytes);
    // Of 55 million requests, 10 million are included; of as many calls, one. Reviews are created a hundred at a time.
    const requests = 55e6 - 0.99 * 0.1 * 5e6;
    expect(price.workerRequests).toBeCloseTo(((requests - 10e6) * 0.3) / 1e6, 5);
    expect(price.objectRequests).toBeCloseTo(((requests - 1e6) * 0.15) / 1e6, 1);
    expect(price.kvReads + price.kvPuts + price.queueMessages).toBe(0);
  });
});
