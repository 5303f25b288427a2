import { type Call, operatorCall } from '../calls/call.ts';

export interface TableColumn {
  readonly name: string;
  readonly scalar: string;
  readonly isNullable: boolean;
  readonly isGenerated: boolean;
  readonly hasDefault: boolean;
  readonly enumValues: readonly string[] | null;
}

export interface Table {
  readonly type: string;
  readonly single: string;
  readonly list: string;
  readonly shardKey: string;
  readonly globalIdField: string;
  /** `byName`: the field of its key that names a row by it. */
  readonly primaryKey: { readonly columns: readonly string[]; readonly byName: string };
  readonly searchColumns: readonly string[];
  readonly softDelete: string | null;
  readonly columns: readonly TableColumn[];
}

export interface TablesAnswer {
  readonly tables: readonly Table[];
}

export const TABLES = `query Tables {
  tables {
    type single list shardKey globalIdField searchColumns softDelete
    primaryKey { columns byName }
    columns { name scalar isNullable isGenerated hasDefault enumValues }
  }
}`;

export const tablesCall: Call = operatorCall(TABLES);
