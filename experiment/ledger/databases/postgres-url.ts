/** A URL of PostgreSQL for its client `pg`, which takes what a URL lacks for empty: a password beside it would be ignored. */

/** As a parameter: a URL of a socket has no host, and so no place for a password. */
export function postgresUrl(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  const whole = new URL(url);
  whole.searchParams.set('password', password);
  return whole.href;
}
