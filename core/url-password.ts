/** Passwords in URLs: what is given as a URL is shown, logged and reported, so that none belongs there. */

/** Also as a parameter, as PostgreSQL takes it. False of what is no URL. */
export function hasPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { password, searchParams } = new URL(text);
  return password !== '' || searchParams.has('password');
}

/** To be shown. What is no URL, or has no password, stays as it is. */
export function withoutPassword(text: string): string {
  if (!hasPassword(text)) return text;
  const url = new URL(text);
  url.password = '';
  url.searchParams.delete('password');
  return url.href;
}
