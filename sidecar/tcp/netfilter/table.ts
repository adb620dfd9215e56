/** The one table of ours. Whatever else is in the namespace's ruleset is never touched. */
export const table = 'inet havock8s';
