/** What is wrong with a database's URL, before anybody connects. */
import { hasPassword } from '../../../core/url-password.js';

export interface UrlForm {
  readonly schemes: readonly string[];
  readonly example: string;
}

/** One sentence without a full stop; null when nothing is wrong. Never repeats a password. */
export function urlProblem(text: string, { schemes, example }: UrlForm): string | null {
  const expected = `expected one such as ${example}`;
  if (!URL.canParse(text)) return `is not a URL; ${expected}`;
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1))) return `begins with ${url.protocol}; ${expected}`;
  return hasPassword(text)
    ? 'has a password, which every user of this machine could read; put it into HAVOCK8S_LEDGER_PASSWORD or a file (--password-file)'
    : null;
}
