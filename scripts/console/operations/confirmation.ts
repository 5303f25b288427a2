/** What a preview gives, to have done what it shows. */
export interface Confirmation {
  readonly token: string;
}
