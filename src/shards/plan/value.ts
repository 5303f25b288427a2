import type { WireValue } from '../../model/types.ts';

/** Index into the values of a call. A plan is *shape only*: it holds no value itself. */
export type ValueRef = number;

/** A value, a list of values, or a list of tuples of values. */
export type PlanValue = WireValue | readonly WireValue[] | readonly (readonly WireValue[])[];
