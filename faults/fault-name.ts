/** What a fault may be called: the name part of a Kubernetes annotation key, so that every fault can be an annotation. */
const pattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

export const faultNameRule =
  'a name is 1 to 63 letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit';

export function isFaultName(name: string): boolean {
  return pattern.test(name);
}
