/**
 * The devices that a volume's files lie on: the disk itself first, then what is mounted within it, as it is met. A mount
 * shows one device for all its files, so what would be told apart by the device is told apart by the inode number: in
 * bits 48 to 62, which file systems leave empty.
 *
 * The numbers given out lie in the shared memory, so that a file keeps its number over a death.
 */
import { field, type VolumeState } from './volume-state.js';

export const mostDevices = 64;
/** What is met after the table is full gets a number by hash: two of them may share one. */
const numbers = 1 << 15;
/** Bit 48 is bit 16 of the upper word. */
const shift = 16;

export class Devices {
  readonly #header: VolumeState['header'];
  constructor(header: VolumeState['header']) {
    this.#header = header;
  }

  /** The disk's own files keep the numbers that they have. */
  setDisk(device: number): void {
    Atomics.store(this.#header, field.devices, device | 0);
  }

  /** What is added to the upper word of an inode number on this device. */
  inoHighOffset(device: number): number {
    return this.#indexOf(device | 0) << shift;
  }

  #indexOf(device: number): number {
    for (let index = 0; index < mostDevices; index++) {
      const known = Atomics.compareExchange(this.#header, field.devices + index, 0, device);
      if (known === 0 || known === device) return index;
    }
    return mostDevices + ((Math.imul(device, 0x9e3779b1) >>> 8) % (numbers - mostDevices));
  }
}
