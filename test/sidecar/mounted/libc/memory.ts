/** Files mapped into memory, and memory aligned for O_DIRECT. */
import { checked, libc } from './call.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;

const calls = {
  load: libc.func('void *memcpy(_Out_ uint8_t *to, intptr_t from, size_t length)'),
  mmap: libc.func(
    'intptr_t mmap(intptr_t at, size_t length, int protection, int flags, int fd, int64_t offset)',
  ),
  msync: libc.func('int msync(intptr_t at, size_t length, int flags)'),
  munmap: libc.func('int munmap(intptr_t at, size_t length)'),
  store: libc.func('memcpy', 'intptr_t', ['intptr_t', 'const void *', 'size_t']),
};

export interface Mapping {
  readonly address: number;
  load(offset: number, length: number): Buffer;
  store(offset: number, bytes: Buffer): void;
  /** msync(MS_SYNC). */
  sync(): void;
  unmap(): void;
}

export interface MappingOptions {
  readonly length: number;
  readonly shared: boolean;
  readonly writable: boolean;
  readonly offset?: number;
}

export function map(fd: number, options: MappingOptions): Mapping {
  const flags = options.shared ? MAP_SHARED : MAP_PRIVATE;
  return mapping(fd, flags, options);
}

/** Anonymous memory, which starts at a page's boundary. */
export function pages(length: number): Mapping {
  return mapping(-1, MAP_PRIVATE | MAP_ANONYMOUS, { length, shared: false, writable: true });
}

function mapping(fd: number, flags: number, { length, writable, offset }: MappingOptions): Mapping {
  const protection = PROT_READ | (writable ? PROT_WRITE : 0);
  const address = checked('mmap', calls.mmap(0, length, protection, flags, fd, offset ?? 0));
  return {
    address,
    load(at, bytes) {
      const into = Buffer.alloc(bytes);
      calls.load(into, address + at, bytes);
      return into;
    },
    store(at, bytes) {
      calls.store(address + at, bytes, bytes.length);
    },
    sync() {
      const MS_SYNC = 4;
      checked('msync', calls.msync(address, length, MS_SYNC));
    },
    unmap() {
      checked('munmap', calls.munmap(address, length));
    },
  };
}
