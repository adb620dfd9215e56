/** The strip below the terminal's chart: how far the replica is behind, as bars. */
import { roundBytes } from './round-scale.js';

const rows = 3;
const eighths = ' ▁▂▃▄▅▆▇█';

export interface Strip {
  readonly label: string;
  /** One character a column. */
  readonly cells: readonly string[];
}

/** From the top down. Blank where nothing is known, a thin line where the replica is level. */
export function lagStrip(columns: readonly (number | null)[]): readonly Strip[] {
  const most = roundBytes(columns);
  return Array.from({ length: rows }, (_, index) => {
    const row = rows - 1 - index;
    const cells = columns.map((bytes) => (bytes === null ? ' ' : cell(bytes / most, row)));
    return { label: labels(most)[index] ?? '', cells };
  });
}

const labels = (most: number): readonly string[] => [`${most / 1e6} MB`, '', 'lag'];

function cell(share: number, row: number): string {
  const filled = Math.round(share * rows * 8) - row * 8;
  return eighths[Math.min(8, Math.max(row === 0 ? 1 : 0, filled))] ?? ' ';
}
