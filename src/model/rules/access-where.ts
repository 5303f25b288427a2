import { Claim } from '../access/claim.ts';
import { toKeyColumn } from '../key-columns.ts';
import type { ModelDraft } from '../model-draft.ts';
import { code } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ColumnModel, RelationModel } from '../types.ts';
import { CLAIM_REMEDY, holdsClaim, misplacedClaim, operandFlaw } from './access-operand.ts';
import { describe, isObject, meantName, type ReportWrong } from './access-problem.ts';

type Draft = ModelDraft & { readonly relationsByType: ReadonlyMap<string, readonly RelationModel[]> };

const QUANTIFIERS = ['some', 'every', 'none'];

/** The `where` of one role's rules of one table. */
export class WhereRules {
  readonly #draft: Draft;
  readonly #isKey: (typeName: string, column: string) => boolean;
  readonly #wrong: ReportWrong;

  constructor(draft: Draft, isKey: (typeName: string, column: string) => boolean, wrong: ReportWrong) {
    this.#draft = draft;
    this.#isKey = isKey;
    this.#wrong = wrong;
  }

  /** Each name is known, and leads to rows of the same shard. Conditions on JSON and on aggregates are for the planner to judge. */
  check(table: TableDraft, where: unknown, path: string, isOfRelated = false): void {
    if (!isObject(where) || where instanceof Claim) {
      this.#wrong(
        `Expected ${path} to be a where, but got ${describe(where)}.`,
        `Write ${code('{ column: { eq: … } }')}, say.`,
      );
      return;
    }
    // Of related rows it asks that there is one; elsewhere it lets every row pass, or none, without a word.
    if (!isOfRelated && Object.keys(where).length === 0) {
      this.#wrong(`Expected ${path} to have a condition, but got none.`, 'Write true if every row may pass.');
    }
    for (const [name, value] of Object.entries(where)) {
      const at = `${path}.${name}`;
      if (name === 'AND' || name === 'OR') {
        if (Array.isArray(value))
          for (const [index, term] of value.entries()) this.check(table, term, `${at}.${index}`);
        else
          this.#wrong(`Expected ${at} to be a list, but got ${describe(value)}.`, 'Write the conditions in brackets.');
      } else if (name === 'NOT') this.check(table, value, at);
      else this.#member(table, name, value, at);
    }
  }

  #member(table: TableDraft, name: string, value: unknown, path: string): void {
    const column = table.columnByName.get(name);
    if (column !== undefined) {
      if (!isObject(value) || value instanceof Claim) {
        this.#wrong(
          `Expected ${path} to be an object of operators, but got ${describe(value)}.`,
          `Write ${code('{ eq: … }')}.`,
        );
      } else if (column.scalar === 'JSON' && holdsClaim(value)) {
        this.#wrong(
          `Expected ${path}, a condition on JSON, to have values alone, but got a claim.`,
          'Compare a column of another type with the claim.',
        );
      } else this.#operators(this.#keyOr(table, column), value, path);
      return;
    }
    const relations = this.#draft.relationsByType.get(table.typeName) ?? [];
    const relation = relations.find((each) => each.name === name || `${each.name}Aggregate` === name);
    if (relation === undefined) {
      const known = [...table.columnByName.keys(), ...relations.map((each) => each.name)];
      this.#wrong(
        `Expected ${path} to name a column or relation of ${table.typeName}, but got "${name}".`,
        meantName(name, known),
      );
      return;
    }
    if (!relation.colocated) {
      this.#wrong(
        `Expected ${path} to be a relation within a shard, but got one to rows of other shards.`,
        'Rules are decided where the row is: compare a column of its own, or a claim.',
      );
      return;
    }
    const target = this.#draft.tableByType.get(relation.targetType);
    if (name !== relation.name) this.#operands(value, path);
    if (target === undefined || name !== relation.name) return;
    if (relation.kind === 'one') this.check(target, value, path, true);
    else if (!isObject(value))
      this.#wrong(`Expected ${path} to be some, every or none, but got ${describe(value)}.`, 'Write { some: { … } }.');
    else
      for (const [quantifier, inner] of Object.entries(value)) {
        const at = `${path}.${quantifier}`;
        if (QUANTIFIERS.includes(quantifier)) this.check(target, inner, at, true);
        else {
          this.#wrong(
            `Expected ${at} to be some, every or none, but got "${quantifier}".`,
            meantName(quantifier, QUANTIFIERS),
          );
        }
      }
  }

  /** The column as it will be compared: keys may be greater than their scalar. */
  #keyOr({ typeName }: TableDraft, column: ColumnModel): ColumnModel {
    return this.#isKey(typeName, column.name) ? toKeyColumn(column) : column;
  }

  /** What is left out of a condition decides nothing: a rule must not let every row pass because of a value that is missing. */
  #operators(column: ColumnModel, operators: Readonly<Record<string, unknown>>, path: string): void {
    const values = Object.values(operators);
    if (values.length === 0 || values.includes(undefined)) {
      this.#wrong(
        `Expected ${path} to have a value for each operator, but got ${values.length === 0 ? 'no operator' : 'undefined'}.`,
        'Write true in place of the where if every row may pass.',
      );
      return;
    }
    this.#operands(operators, path);
    if (column.scalar === 'JSON') return;
    for (const [operator, operand] of Object.entries(operators)) {
      const flaw = operandFlaw(column, operator, operand, `${path}.${operator}`);
      if (flaw !== null) this.#wrong(flaw.message, flaw.remedy);
    }
  }

  /** Plans are remembered for all callers of a role: claims are values in them, and do not decide what they look like. */
  #operands(operators: unknown, path: string): void {
    const name = misplacedClaim(operators);
    if (name === null) return;
    this.#wrong(
      `Expected ${path} to have claims as operands alone, but got one for ${JSON.stringify(name)}.`,
      CLAIM_REMEDY,
    );
  }
}
