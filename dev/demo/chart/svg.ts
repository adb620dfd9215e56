/** The few shapes a chart is made of, as SVG. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];

export const rect = ({ x, y, width, height }: Box, attributes: string): string =>
  `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${attributes}/>`;

export const line = ([x1, y1]: Point, [x2, y2]: Point, attributes: string): string =>
  `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" ${attributes}/>`;

export const text = ([x, y]: Point, words: string, attributes = ''): string =>
  `<text x="${short(x)}" y="${short(y)}" ${attributes}>${escapeXml(words)}</text>`;

export interface Words {
  readonly words: string;
  readonly colour?: string;
}

/** One line of text, its colours its own legend. */
export function coloured([x, y]: Point, parts: readonly Words[]): string {
  const spans = parts.map(({ words, colour }) =>
    colour ? `<tspan style="fill:${colour}">${escapeXml(words)}</tspan>` : escapeXml(words),
  );
  return `<text x="${short(x)}" y="${short(y)}" class="panel" xml:space="preserve">${spans.join('')}</text>`;
}

export const path = (data: string, attributes: string): string => `<path d="${data}" ${attributes}/>`;

/** `M` to the first point, `L` to the others. */
export const through = (points: readonly Point[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join('');

export const escapeXml = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const short = (value: number): string => String(Math.round(value * 10) / 10);
