/** Answers of plans as JSON text: rows and pages, as the executor would show them by their views. */
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { intText, wireToText } from '../../model/output-text.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';
import type {
  PageNodePlan,
  RelationPlan,
  RowView,
  ShownEdgeField,
  ShownField,
  ShownPageInfo,
  ShownPart,
  TargetPlan,
} from '../../plans/node-plan.ts';
import { encodeNodeId } from '../../plans/tokens/node-id.ts';
import { isMisfit, type Misfit } from '../../shards/misfit.ts';
import type { Answer, OneAnswer, PageAnswer, RowAnswer } from '../../shards/plan/answer.ts';
import { VERSION_COLUMN } from '../../shards/plan/node.ts';
import { spendRows } from '../row-budget.ts';
import type { ReadRun } from '../run/read-run.ts';
import { Connection, cursorOfRow, type PageInfo } from '../show/connection.ts';
import { leaveToExecutor } from './left-to-executor.ts';
import { measuresText } from './measures-text.ts';
import { constantText, listText, type Member, objectText } from './object-text.ts';

/**
 * An answer of a plan, as `run` has read it.
 *
 * @param rowsText its rows, where a shard has written them.
 * @throws LeftToExecutor, or what a value cannot be shown for.
 */
export function answerText(plan: TargetPlan, answer: Answer, run: ReadRun, rowsText: string | null = null): string {
  if (plan.kind === 'page') return pageWriter(plan)({ answer: answer as PageAnswer, run, rowsText });
  if (rowsText !== null) return rowsText;
  const one = answer as OneAnswer;
  if (one === null) return 'null';
  return one === 'ambiguous' ? leaveToExecutor() : rowWriter(plan.view)({ cells: one, run });
}

/** A row as it is being written. */
interface WrittenRow {
  readonly cells: RowAnswer;
  readonly run: ReadRun;
}

const rowWriter = memoizeByObject((view: RowView) =>
  objectText(view.fields.map((field): Member<WrittenRow> => [field.key, memberOf(view, field)])),
);

function memberOf(view: RowView, field: ShownField): (row: WrittenRow) => string {
  const { table, columnIndex } = view.shape;
  switch (field.kind) {
    case 'column':
      return columnText(field.column, columnIndex.get(field.column.name)!);
    case 'version': {
      const index = columnIndex.get(VERSION_COLUMN)!;
      return ({ cells }) => JSON.stringify(String(fitting(cells[index] as Cell)));
    }
    case 'nodeId': {
      const places = table.primaryKey.names.map((name) => columnIndex.get(name)!);
      return ({ cells }) =>
        JSON.stringify(
          encodeNodeId(
            table,
            places.map((index) => fitting(cells[index] as Cell)),
          ),
        );
    }
    case 'typename':
      return constantText(field.type);
    case 'relation':
      return relationText(view, field.relation);
    case 'resolver':
      return leaveToExecutor;
  }
}

type Cell = WireValue | Misfit;

/** Of a column that is never null. */
function fitting(cell: Cell): Exclude<WireValue, null> {
  return cell === null || isMisfit(cell) ? leaveToExecutor() : cell;
}

function columnText(column: ColumnModel, index: number): (row: WrittenRow) => string {
  const toText = wireToText(column);
  // There may be nothing at a path in a JSON value, so its field is nullable.
  const isNullable = !column.notNull || column.scalar === 'JSON';
  return ({ cells }) => {
    const cell = cells[index] as Cell;
    if (cell === null && isNullable) return 'null';
    return toText(fitting(cell)) ?? leaveToExecutor();
  };
}

function relationText({ shape }: RowView, relation: RelationPlan): (row: WrittenRow) => string {
  if (relation.kind !== 'nested') return leaveToExecutor;
  const index = shape.width + relation.position;
  return ({ cells, run }) => {
    const answer = cells[index] as Answer | Misfit;
    if (isMisfit(answer) || run.failureOf(relation) !== undefined) return leaveToExecutor();
    spendRows(run.field.context, answer);
    return answerText(relation.target, answer, run);
  };
}

/** A page as it is being written. */
interface WrittenPage {
  readonly answer: PageAnswer;
  readonly run: ReadRun;
  readonly rowsText: string | null;
}

const pageWriter = memoizeByObject((plan: PageNodePlan) =>
  objectText(plan.parts.map((part): Member<WrittenPage> => [part.key, partOf(plan, part)])),
);

function partOf(plan: PageNodePlan, part: ShownPart): (page: WrittenPage) => string {
  switch (part.kind) {
    case 'nodes': {
      const write = rowWriter(part.view);
      return (page) => rowsTextOf(page, write);
    }
    case 'edges': {
      const write = objectText(part.fields.map((field): Member<WrittenRow> => [field.key, edgeField(plan, field)]));
      return (page) => rowsTextOf(page, write);
    }
    case 'pageInfo': {
      const write = objectText(part.fields.map((field): Member<PageInfo> => [field.key, pageInfoField(field)]));
      return ({ answer, run }) => write(new Connection(plan, answer, run).pageInfo);
    }
    case 'totalCount':
      return ({ answer }) => intText(answer.total) ?? leaveToExecutor();
    case 'aggregate': {
      const write = measuresText(part.fields);
      return ({ answer, run }) => write(new Connection(plan, answer, run).aggregate);
    }
    case 'groupBy': {
      const write = measuresText(part.fields);
      return ({ answer, run }) => listText(new Connection(plan, answer, run).groupBy(part.key), write);
    }
    case 'typename':
      return constantText(part.type);
    case 'resolver':
      return leaveToExecutor;
  }
}

const rowsTextOf = ({ answer, run, rowsText }: WrittenPage, write: (row: WrittenRow) => string): string =>
  rowsText === null ? listText(answer.rows, (cells) => write({ cells, run })) : `[${rowsText}]`;

function edgeField(plan: PageNodePlan, field: ShownEdgeField): (edge: WrittenRow) => string {
  switch (field.kind) {
    case 'node':
      return rowWriter(field.view);
    case 'cursor':
      return ({ cells }) => JSON.stringify(cursorOfRow(plan, cells));
    case 'typename':
      return constantText(field.type);
    case 'resolver':
      return leaveToExecutor;
  }
}

function pageInfoField(field: ShownPageInfo): (info: PageInfo) => string {
  const { kind } = field;
  switch (kind) {
    case 'hasNextPage':
    case 'hasPreviousPage':
      return (info) => String(info[kind]);
    case 'startCursor':
    case 'endCursor':
      return (info) => JSON.stringify(info[kind]());
    case 'typename':
      return constantText(field.type);
    case 'resolver':
      return leaveToExecutor;
  }
}
