/** Where things are in the SVG: three panels, one above the other, on one time axis, and a legend. */
import type { Chart } from './chart.js';
import { heightOf, type LogScale } from './log-scale.js';

export const width = 1200;
export const left = 76;
export const right = width - 32;
export const latencyPanel = { top: 146, bottom: 426 };
export const countPanel = { top: 492, bottom: 602 };
export const lagPanel = { top: 668, bottom: 738 };
export const legendTop = 796;
export const legendRow = 20;

export const ink = {
  line: '#24527a',
  area: '#7fa8cc',
  areaText: '#4f86b8',
  dot: '#8b98a5',
  grid: '#e4e0d8',
  good: '#8fb89a',
  goodText: '#4d8a5e',
  bad: '#d1495b',
  lag: '#c9a36a',
  lagText: '#8a5f22',
};
export const bandColours: readonly string[] = [
  '#e8a33d',
  '#c95f9a',
  '#7d6bbf',
  '#3d9fb0',
  '#8f9a3c',
  '#5c6b73',
];

export const bandColour = (index: number): string => bandColours[index % bandColours.length] ?? ink.grid;

export const heightFor = ({ spans }: Chart): number => legendTop + spans.length * legendRow + 12;

export const xOf = ({ durationMs }: Chart, ms: number): number => left + (ms / durationMs) * (right - left);

export const yOf = (scale: LogScale, ms: number): number =>
  latencyPanel.bottom - heightOf(scale, ms) * (latencyPanel.bottom - latencyPanel.top);
