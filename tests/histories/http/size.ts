/** Length of a history. */
export const STEPS = 30;

/** Isolates of the API. */
export const ISOLATES = 3;
