import { manyTables } from '../many-tables.ts';

export default manyTables(100);
