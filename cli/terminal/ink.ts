/** Colour, where somebody sees it: on a terminal, and not where NO_COLOR asks for none (no-color.org). */

export interface Ink {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export function inkFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Ink {
  const wanted = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? colours : plain;
}

const sgr = (code: number, end: number) => (text: string) => `\u001b[${code}m${text}\u001b[${end}m`;

export const colours: Ink = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};

const same = (text: string): string => text;

export const plain: Ink = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
