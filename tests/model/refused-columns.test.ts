import { sql } from 'drizzle-orm';
import { customType, integer, text } from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../src/model/columns.ts';
import { alone, notes, testRefusedModels } from './refused-model.ts';

testRefusedModels('Models with unusable columns', {
  'a table of 99 columns': {
    define: () => alone(notes(Object.fromEntries(Array.from({ length: 97 }, (_, index) => [`c${index}`, text()])))),
    where: ['"notes"'],
    message: /at most 98 columns, but got 99/,
  },
  'a custom column type': {
    define: () => alone(notes({ point: customType<{ data: string }>({ dataType: () => 'point' })() })),
    where: ['"notes"', '"point"'],
    message: /custom type "point"/,
  },
  'a default that is no fixed-width moment': {
    define: () => alone(notes({ at: dateTime().default('2026-01-01') })),
    where: ['"notes"', '"at"'],
    message: /"2026-01-01" instead of "2026-01-01T00:00:00.000Z"/,
  },
  'SQLite’s own present as default of a moment': {
    define: () => alone(notes({ at: dateTime().default(sql`CURRENT_TIMESTAMP`) })),
    where: ['"notes"', '"at"'],
    message: /CURRENT_TIMESTAMP/,
  },
  'a default that the column refuses': {
    define: () => alone(notes({ count: integer().default(2 ** 31) })),
    where: ['"notes"', '"count"'],
    message: /between -2147483648 and 2147483647, but got 2147483648/,
  },
  'a default that migrations would garble': {
    define: () => alone(notes({ wide: int64().default(5n) })),
    where: ['"notes"', '"wide"'],
    message: /a constant BigInt/,
  },
});
