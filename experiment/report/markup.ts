/**
 * XML and HTML as templates, in which text from elsewhere cannot become markup: whatever is put in is escaped, unless it
 * is markup itself.
 *
 *     markup`<p>${name}</p>`
 */
import { printable } from '../../core/printable.js';

export class Markup {
  constructor(readonly text: string) {}
}

export type Part = string | number | Markup | readonly Markup[];

export const nothing = new Markup('');

export function markup(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    fixed.map((text, index) => text + (index < parts.length ? written(parts[index] ?? '') : '')).join(''),
  );
}

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'number') return String(Number(part.toFixed(2)));
  return typeof part === 'string' ? escaped(part) : part.map(({ text }) => text).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
