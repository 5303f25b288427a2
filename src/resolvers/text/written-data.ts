import type { ExecutionResult } from 'graphql';

/** The `data` of an answer that is JSON text already. */
export class WrittenData {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The result of an operation: as the executor gives it, or written by its plan. */
export type OperationResult = ExecutionResult | WrittenResult;

interface WrittenResult {
  readonly data: WrittenData;
  /** What has failed, the executor shows. */
  readonly errors?: undefined;
  readonly extensions?: ExecutionResult['extensions'];
}

/** The `data` of a result as JSON text. */
export const dataText = ({ data }: OperationResult): string =>
  data instanceof WrittenData ? data.text : JSON.stringify(data);
