/** What `--recovery` measures, by the names that it takes. */
export const RECOVERY_PARTS = ['restore', 'as-of', 'log', 'trim', 'backup'] as const;

export type RecoveryPart = (typeof RECOVERY_PARTS)[number];
