/** Length of a history. */
export const STEPS = 90;
