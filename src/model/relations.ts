/** From declared relations to columns: by options where given, else by the foreign key between the two tables. */

import type { ManyOptions, RelationDeclaration, Tables } from './declaration.ts';
import { type ModelDraft, whereTable } from './model-draft.ts';
import type { ReportProblem } from './model-error.ts';
import {
  asList,
  distinctLinks,
  flip,
  foreignKeyLinks,
  isBacked,
  isColocated,
  isUniquePerShardKey,
  type Link,
  namesRowAcrossShards,
  withShardKeys,
} from './relation-link.ts';
import { nameFarKey, nameForeignKey, nameJoinColumns, nameKey } from './relation-remedies.ts';
import { builderCode, code } from './snippets.ts';
import type { TableDraft } from './table-draft.ts';
import type { RelationModel } from './types.ts';

type Options = NonNullable<RelationDeclaration['options']>;
type Through = Extract<ManyOptions<Tables>, { readonly through: unknown }>;
type Declarations = Readonly<Record<string, Readonly<Record<string, RelationDeclaration>> | undefined>>;

/** The relations of each type, in declared order. A relation that cannot be resolved is reported and left out. */
export function resolveRelations(
  draft: ModelDraft,
  domainByType: ReadonlyMap<string, string>,
  declarations: Declarations,
  report: ReportProblem,
): ReadonlyMap<string, readonly RelationModel[]> {
  const resolver = new RelationResolver(draft, domainByType, declarations);
  const relationsByType = new Map<string, RelationModel[]>();
  for (const [typeName, fields] of Object.entries(declarations)) {
    const source = draft.tableByType.get(typeName);
    if (source === undefined) {
      report({
        where: `Relations of ${typeName}`,
        message: `Expected a type of the model, but got "${typeName}".`,
        remedy: `Name one of ${[...draft.tableByType.keys()].join(', ')}.`,
      });
      continue;
    }
    const relations: RelationModel[] = [];
    for (const [name, declaration] of Object.entries(fields ?? {})) {
      const result = resolver.resolve(source, name, declaration);
      if ('problem' in result) {
        report({
          where: `${whereTable(source)}, relation "${name}"`,
          message: result.problem,
          remedy: result.remedy,
        });
      } else relations.push(result);
    }
    relationsByType.set(typeName, relations);
  }
  return relationsByType;
}

interface Unresolved {
  readonly problem: string;
  readonly remedy: string;
}

class RelationResolver {
  readonly #draft: ModelDraft;
  readonly #domainByType: ReadonlyMap<string, string>;
  readonly #declarations: Declarations;

  constructor(draft: ModelDraft, domainByType: ReadonlyMap<string, string>, declarations: Declarations) {
    this.#draft = draft;
    this.#domainByType = domainByType;
    this.#declarations = declarations;
  }

  resolve(source: TableDraft, name: string, declaration: RelationDeclaration): RelationModel | Unresolved {
    const { kind, targetType, options = {} as Options } = declaration;
    const target = this.#draft.tableByType.get(targetType);
    if (target === undefined) {
      return { problem: `Expected a type of the model, but got "${targetType}".`, remedy: this.#nameType() };
    }
    if ('through' in options) return this.#resolveThrough(source, name, target, options);
    const link = this.#directLink(source, kind, target, options);
    if ('problem' in link) return link;
    const wrong = checkLink(source, target, link);
    if (wrong !== null) return wrong;
    const colocated = isColocated(source, target, this.#sameDomain(source, target), link);
    const namesOne = colocated ? isUniquePerShardKey : namesRowAcrossShards;
    if (kind === 'one' && !namesOne(target, link.to)) {
      const given = 'from' in options ? { from: asList(options.from), to: asList(options.to) } : link;
      return { problem: severalText(target, link, colocated), remedy: nameKey(target, source, given) };
    }
    const nullableColumn = link.from.some(
      (column) => column !== source.shardKey && source.columnByName.get(column)?.notNull !== true,
    );
    return {
      name,
      kind,
      targetType,
      ...link,
      through: null,
      colocated,
      nullable:
        kind === 'one' &&
        (nullableColumn || target.softDelete !== null || !isBacked(this.#draft, source, target, link)),
    };
  }

  #directLink(source: TableDraft, kind: 'one' | 'many', target: TableDraft, options: Options): Link | Unresolved {
    if ('from' in options) {
      const link = { from: asList(options.from), to: asList(options.to) };
      return withShardKeys(source, target, this.#sameDomain(source, target), link);
    }
    const name = 'foreignKey' in options ? options.foreignKey : undefined;
    const forward = foreignKeyLinks(this.#draft, source, target, name);
    const backward = foreignKeyLinks(this.#draft, target, source, name).map(flip);
    const uniqueBackward = backward.filter((link) => isUniquePerShardKey(target, link.to));
    const links = kind === 'many' ? backward : forward.length > 0 ? forward : uniqueBackward;
    const [owner, other] = kind === 'one' ? [source, target] : [target, source];
    return only(distinctLinks(links), {
      none: `Expected a foreign key from ${owner.typeName} to ${other.typeName}${name === undefined ? '' : ` named "${name}"`}, but got none.`,
      several: `Expected one foreign key between ${source.typeName} and ${target.typeName}, but got several.`,
      remedy: nameForeignKey(this.#draft, source, target, kind),
    });
  }

  #resolveThrough(source: TableDraft, name: string, target: TableDraft, options: Through): RelationModel | Unresolved {
    const joinType = typeof options.through === 'string' ? options.through : options.through.type;
    const join = this.#draft.tableByType.get(joinType);
    if (join === undefined) {
      return { problem: `Expected a join table's type, but got "${joinType}".`, remedy: this.#nameType() };
    }
    const remedy = nameJoinColumns(this.#draft, source, join, target);
    const near = this.#joinLink(join, source, 'from', options, remedy);
    if ('problem' in near) return near;
    const far = this.#joinLink(join, target, 'to', options, remedy);
    if ('problem' in far) return far;
    const wrong = checkLink(join, source, near) ?? checkLink(join, target, far);
    if (wrong !== null) return wrong;
    const colocatedWithTarget = isColocated(join, target, this.#sameDomain(join, target), far);
    // Elsewhere the rows are looked up one by one.
    if (!colocatedWithTarget && !namesRowAcrossShards(target, far.to)) {
      return { problem: severalText(target, far, false), remedy: nameFarKey(target) };
    }
    return {
      name,
      kind: 'many',
      targetType: target.typeName,
      from: near.to,
      to: far.to,
      through: { type: joinType, from: near.from, to: far.from, colocatedWithTarget },
      colocated: colocatedWithTarget && isColocated(join, source, this.#sameDomain(join, source), near),
      nullable: false,
    };
  }

  /** The link from a join table to one of its sides. */
  #joinLink(
    join: TableDraft,
    side: TableDraft,
    end: 'from' | 'to',
    options: Through,
    remedy: string,
  ): Link | Unresolved {
    const sameDomain = this.#sameDomain(join, side);
    if (typeof options.through !== 'string' && 'from' in options) {
      const link = { from: asList(options.through[end]), to: asList(options[end]) };
      return withShardKeys(join, side, sameDomain, link);
    }
    const declared = Object.values(this.#declarations[join.typeName] ?? {}).flatMap(({ kind, targetType, options }) =>
      kind === 'one' && targetType === side.typeName && options !== undefined && 'from' in options
        ? [withShardKeys(join, side, sameDomain, { from: asList(options.from), to: asList(options.to) })]
        : [],
    );
    return only(distinctLinks([...foreignKeyLinks(this.#draft, join, side), ...declared]), {
      none: `Expected a foreign key or a to-one relation from ${join.typeName} to ${side.typeName}, but got none.`,
      several: `Expected one way from ${join.typeName} to ${side.typeName}, but got several.`,
      remedy,
    });
  }

  #nameType(): string {
    return `Name one of ${[...this.#draft.tableByType.keys()].join(', ')}.`;
  }

  #sameDomain(a: TableDraft, b: TableDraft): boolean {
    return this.#domainByType.get(a.typeName) === this.#domainByType.get(b.typeName);
  }
}

function only(links: readonly Link[], texts: { none: string; several: string; remedy: string }): Link | Unresolved {
  if (links.length === 1) return links[0]!;
  return { problem: links.length === 0 ? texts.none : texts.several, remedy: texts.remedy };
}

/** `colocated`: the rows lie in one shard, by their shard keys, which count among the columns. */
const severalText = ({ typeName }: TableDraft, { to }: Link, colocated: boolean): string =>
  `Expected columns that name one ${typeName}${colocated ? '' : ' over all shards'}, but got ${to.join(', ')}, which no key of it covers.`;

/** Columns must exist and pair with columns of equal storage. */
function checkLink(source: TableDraft, target: TableDraft, { from, to }: Link): Unresolved | null {
  if (from.length !== to.length || from.length === 0) {
    return {
      problem: `Expected as many columns in "from" as in "to", but got ${from.length} and ${to.length}.`,
      remedy: 'Name as many in each: they pair by position.',
    };
  }
  for (const [index, name] of from.entries()) {
    const sourceColumn = source.columnByName.get(name);
    const targetColumn = target.columnByName.get(to[index]!);
    if (sourceColumn === undefined || targetColumn === undefined) {
      const [table, column] = sourceColumn === undefined ? [source, name] : [target, to[index]];
      return {
        problem: `Expected a column of ${table.typeName}, but got "${column}".`,
        remedy: `Name one of ${table.columns.map((one) => one.name).join(', ')}.`,
      };
    }
    if (sourceColumn.wire !== targetColumn.wire) {
      return {
        problem: `Expected columns of one type, but got ${source.typeName}.${name} (${sourceColumn.wire}) and ${target.typeName}.${to[index]} (${targetColumn.wire}).`,
        remedy: `Give both columns one type: ${code(builderCode(targetColumn, sourceColumn.sqlName))} for ${source.typeName}.${name}, for one.`,
      };
    }
  }
  return null;
}
