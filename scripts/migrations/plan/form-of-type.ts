import type { StoredForm } from '../../../src/model/stored-form.ts';

/** What a column of a SQL type may hold, where nothing more is known: ShardQL's own columns, and tables from before facts were kept. */
export function formOfType(type: string): StoredForm {
  switch (type.toLowerCase()) {
    case 'integer':
      return { scalar: 'BigInt', wire: 'int64' };
    case 'real':
      return { scalar: 'Float', wire: 'real' };
    case 'numeric':
      return { scalar: 'Decimal', wire: 'decimal' };
    case 'blob':
      return { scalar: 'Bytes', wire: 'blob' };
    default:
      return { scalar: 'String', wire: 'text' };
  }
}
