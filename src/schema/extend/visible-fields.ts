/** Which of users' own fields a role has. */
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** What a role's schema is made beside: the schema with all that users have declared. */
interface WholeSchema {
  readonly schema: GraphQLSchema;
  /** Names of users' own types. */
  readonly userTypes: ReadonlySet<string>;
}

/**
 * Users' fields and types of which all that they name is there: a field that leads to a hidden table, or takes filters of one, is
 * hidden with it; and so is one whose option `roles` leaves the role out.
 */
export class VisibleFields {
  readonly #whole: WholeSchema;
  readonly #role: string;
  readonly #isGenerated: (typeName: string) => boolean;
  readonly #isTypeVisible = new Map<string, boolean>();

  /** @param isGenerated whether the role's schema has a type of this name that is made from the model, or a scalar. */
  constructor(whole: WholeSchema, role: string, isGenerated: (typeName: string) => boolean) {
    this.#whole = whole;
    this.#role = role;
    this.#isGenerated = isGenerated;
  }

  hasType(name: string): boolean {
    if (this.#isGenerated(name)) return true;
    if (!this.#whole.userTypes.has(name)) return false;
    let isVisible = this.#isTypeVisible.get(name);
    if (isVisible === undefined) {
      // Types may lead to themselves, which hides none.
      this.#isTypeVisible.set(name, true);
      isVisible = this.#isVisible(this.#whole.schema.getType(name)!);
      this.#isTypeVisible.set(name, isVisible);
    }
    return isVisible;
  }

  /** A field that users have declared, of a type of theirs or a generated one. */
  hasField(typeName: string, fieldName: string): boolean {
    const type = this.#whole.schema.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) return true;
    const field = type.getFields()[fieldName];
    if (field === undefined) return true;
    const { roles } = field.extensions as { readonly roles?: readonly string[] };
    if (roles !== undefined && !roles.includes(this.#role)) return false;
    return [field, ...field.args].every((part) => this.hasType(getNamedType(part.type).name));
  }

  #isVisible(type: GraphQLNamedType): boolean {
    if (isUnionType(type)) return type.getTypes().every(({ name }) => this.hasType(name));
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).every((field) => this.hasType(getNamedType(field.type).name));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return true;
    const interfaces = type.getInterfaces().every(({ name }) => this.hasType(name));
    return interfaces && Object.keys(type.getFields()).some((name) => this.hasField(type.name, name));
  }
}
