/** What full-text search adds to the schema: an argument of lists, two fields of edges, and one shared type. */
import { allowsRank } from '../model/access/role-model.ts';
import type { TableModel } from '../model/types.ts';
import type { Edge } from '../resolvers/show/connection.ts';
import { DEFAULT_MARKS, MAX_MARK_CHARACTERS, type SearchHighlight } from '../resolvers/show/highlights.ts';
import type { Builder } from './builder.ts';
import type { TypeRefs } from './type-refs.ts';

export const searchDescription = (table: TableModel): string =>
  `Only rows with these words in ${table.search.map(({ name }) => name).join(', ')}, regardless of case and diacritics, ${allowsRank(table) ? 'best first' : 'by primary key'} unless \`orderBy\` is given. All words must occur; \`"a phrase"\`, \`begin*\`, \`-without\`, \`OR\`.`;

export function declareSearchHighlight(builder: Builder, refs: TypeRefs): void {
  builder.objectFields(searchHighlight(refs), (t) => ({
    column: t.exposeString('column', { nullable: false }),
    text: t.exposeString('text', {
      nullable: false,
      description:
        'Its text with marks around what was found, or, beyond 10,000 bytes, an excerpt. Not escaped for HTML.',
    }),
  }));
}

export const SEARCH_HIGHLIGHT_DESCRIPTION = 'A column in which words of a search were found.';

const searchHighlight = (refs: TypeRefs) => refs.object<SearchHighlight>('SearchHighlight');

type EdgeFields = Parameters<Parameters<ReturnType<Builder['objectRef']>['implement']>[0]['fields'] & {}>[0];

export const searchFields = (t: EdgeFields, refs: TypeRefs, table: TableModel) => ({
  ...(allowsRank(table) && {
    rank: t.float({
      nullable: true,
      description: 'How well the row fits the search: greater is better. Null without `search`.',
      resolve: (edge) => (edge as Edge).rank,
    }),
  }),
  highlights: t.field({
    type: [searchHighlight(refs)],
    nullable: false,
    description: 'The columns in which words were found, those of very long text aside; empty without `search`.',
    args: {
      before: t.arg.string({ required: true, defaultValue: DEFAULT_MARKS.before }),
      after: t.arg.string({
        required: true,
        defaultValue: DEFAULT_MARKS.after,
        description: `Marks around what was found, at most ${MAX_MARK_CHARACTERS} characters each.`,
      }),
    },
    resolve: (edge, marks) => (edge as Edge).highlights(marks),
  }),
});
