/** A row of small bars, one a column of the terminal. */
const eighths = '▁▂▃▄▅▆▇█';

/** 0 to 1; beyond is as high as it gets. */
export const sparkBar = (part: number): string =>
  eighths[Math.min(eighths.length - 1, Math.max(0, Math.floor(part * eighths.length)))] ?? ' ';
