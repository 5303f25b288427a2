/** Something that the caller's credential says of the caller: stands for a value in access rules. */
export class Claim {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * The claim of that name, as the caller of a request has it. For `in` and `notIn` it may be a list. A rule with a claim that the
 * caller lacks, or that is no value of the column, is false.
 */
export const claim = (name: string): Claim => new Claim(name);
