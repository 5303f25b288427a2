/** The `dryRun` argument; null is refused with the others. */
export const dryRunArgument = ({ dryRun }: Readonly<Record<string, unknown>>): boolean => dryRun === true;
