import { primaryKey, type SQLiteColumnBuilderBase, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, test } from 'vitest';
import type { Tables } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError, type ModelProblem } from '../../src/model/model-error.ts';
import type { Model } from '../../src/model/types.ts';

/** A model with one flaw, and what its message must say. */
export interface RefusedModel {
  readonly define: () => Model;
  /** Parts of "where": the table, and the column or constraint if it is about one. */
  readonly where: readonly string[];
  readonly message: RegExp;
  readonly remedy?: string;
}

/** A sound table, with further columns. */
export const notes = (columns: Readonly<Record<string, SQLiteColumnBuilderBase>> = {}, sqlName = 'notes') =>
  sqliteTable(sqlName, { owner: text().notNull(), id: text().notNull(), ...columns }, (t) => [
    primaryKey({ columns: [t.owner, t.id] }),
  ]);

/** A table alone, sharded by `owner`. */
export const alone = (table: Tables[string], options: { readonly list?: string } = {}) =>
  defineModel({ Note: { table, shardKey: 'owner', ...options } });

export const owners = sqliteTable('owners', { id: text().primaryKey(), email: text() });

/**
 * Makes a test of each model: exactly one problem is reported, and its text names place and fault. That its remedy helps is
 * for `tests/scripts/model-remedies.test.ts` to say, which does what it says.
 */
export function testRefusedModels(title: string, models: Readonly<Record<string, RefusedModel>>): void {
  describe(title, () => {
    test.each(Object.entries(models))('%s is refused', (_, { define, where, message, remedy }) => {
      const problems = problemsOf(define);
      expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
      for (const part of where) expect(problems[0]!.where).toContain(part);
      expect(problems[0]!.message).toMatch(/^Expected .*, but got /s);
      expect(problems[0]!.remedy).toMatch(/^[A-Z].*[.?]$/s);
      if (remedy !== undefined) expect(problems[0]!.remedy).toBe(remedy);
    });
  });
}

function problemsOf(define: () => Model): readonly ModelProblem[] {
  try {
    define();
  } catch (error) {
    if (error instanceof ModelError) return error.problems;
    throw error;
  }
  return [];
}
