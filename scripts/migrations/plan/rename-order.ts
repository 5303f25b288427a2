export type RenameStep = readonly [from: string, to: string];

/**
 * Renames one after the other so that no two things have one name (in any case) meanwhile: chains from their end, and
 * names that are swapped or taken by something that goes by way of a name of their own.
 *
 * @param names All names that there are. @returns the steps, and what is called otherwise now though it was not to be renamed.
 */
export function renameOrder(
  names: Iterable<string>,
  renames: ReadonlyMap<string, string>,
): { readonly steps: readonly RenameStep[]; readonly movedAway: ReadonlyMap<string, string> } {
  const taken = new Map([...names].map((name) => [name.toLowerCase(), name]));
  const pending = [...renames].filter(([from, to]) => from !== to).map(([from, to]) => ({ from, to }));
  const steps: RenameStep[] = [];
  const movedAway = new Map<string, string>();
  const rename = (from: string, to: string): void => {
    steps.push([from, to]);
    taken.delete(from.toLowerCase());
    taken.set(to.toLowerCase(), to);
  };
  while (pending.length > 0) {
    const at = pending.findIndex(({ to }) => !taken.has(to.toLowerCase()));
    if (at >= 0) {
      const [{ from, to }] = pending.splice(at, 1) as [{ from: string; to: string }];
      rename(from, to);
      continue;
    }
    const holder = taken.get(pending[0]!.to.toLowerCase())!;
    // Names of users do not start like this: a rule of the model.
    const away = `__old_${holder}`;
    rename(holder, away);
    const waiting = pending.find(({ from }) => from === holder);
    if (waiting === undefined) movedAway.set(holder, away);
    else waiting.from = away;
  }
  return { steps, movedAway };
}
