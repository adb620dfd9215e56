/** A part of the page under its heading. */
import { type Markup, markup } from '../markup.js';

export const section = (id: string, title: string, inside: Markup): Markup =>
  markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${inside}</section>\n`;
