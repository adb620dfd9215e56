/** Which ports are in use, and by how many connections. */
export class PortCounts {
  readonly #counts = new Uint16Array(65_536);

  add(port: number): void {
    this.#counts[port] = (this.#counts[port] ?? 0) + 1;
  }

  remove(port: number): void {
    this.#counts[port] = Math.max(0, (this.#counts[port] ?? 0) - 1);
  }

  has(port: number): boolean {
    return (this.#counts[port] ?? 0) > 0;
  }
}
