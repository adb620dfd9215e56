/** The holder, as the fault proxy sees it: descriptors it is given it gives to the next fault proxy. */
export interface FdStore {
  /** Hands a descriptor over; false when the holder does not take it, so that a death would lose it. */
  keep(key: string, fd: number, patienceMs?: number): boolean;
  drop(key: string): void;
}
