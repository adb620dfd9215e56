/** Colour, where somebody sees it: on a terminal, and not where NO_COLOR asks for none (no-color.org). */
import { styleText } from 'node:util';

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

/** Whether there is to be any was asked of the stream that it goes to. */
const style = (format: keyof Ink) => (text: string) => styleText(format, text, { validateStream: false });

export const colours: Ink = {
  bold: style('bold'),
  dim: style('dim'),
  red: style('red'),
  green: style('green'),
  yellow: style('yellow'),
  cyan: style('cyan'),
};

const same = (text: string): string => text;

export const plain: Ink = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
