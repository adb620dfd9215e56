/** What is measured beside each other: our patch, and the one that fast-json-patch finds. */
export const subjects = ['ours', 'compare'] as const;
export type Subject = (typeof subjects)[number];
