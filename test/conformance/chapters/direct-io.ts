/** O_DIRECT, alone and mixed with the page cache. */
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { preadAt, pwriteAt } from '../../sidecar/mounted/libc/files.js';
import { pages } from '../../sidecar/mounted/libc/memory.js';
import type { Chapter } from '../case.js';
import { facts, outcome } from '../observe.js';

const { O_APPEND, O_CREAT, O_DIRECT, O_RDWR } = constants;
const block = 4096;

export const directIo: Chapter = {
  name: 'direct input and output',
  cases: [
    {
      name: 'aligned writes and reads go through',
      run: ({ at }) => {
        const fd = openSync(at('file'), O_RDWR | O_CREAT | O_DIRECT);
        const memory = pages(16 * block);
        memory.store(0, Buffer.alloc(16 * block, 'd'));
        const wrote = pwriteAt(fd, memory.address, 16 * block, block);
        memory.store(0, Buffer.alloc(16 * block));
        const got = preadAt(fd, memory.address, 16 * block, 2 * block);
        const letters = memory.load(0, 16 * block).filter((byte) => byte === 0x64).length;
        memory.unmap();
        closeSync(fd);
        return { wrote, got, letters, facts: facts(at('file')) };
      },
    },
    {
      name: 'a read across the end of the file stops there',
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(block + 100));
        const fd = openSync(at('file'), O_RDWR | O_DIRECT);
        const memory = pages(4 * block);
        const lengths = [0, block, 2 * block].map((offset) => preadAt(fd, memory.address, 2 * block, offset));
        memory.unmap();
        closeSync(fd);
        return lengths;
      },
    },
    {
      name: 'buffered and direct I/O on one file see each other',
      run: ({ at }) => {
        writeFileSync(at('file'), 'a'.repeat(4 * block));
        const [direct, buffered] = [openSync(at('file'), O_RDWR | O_DIRECT), openSync(at('file'), 'r+')];
        const memory = pages(block);
        const seen: string[] = [];
        for (let round = 0; round < 8; round += 1) {
          const offset = (round % 4) * block;
          writeSync(buffered, `buffered ${round}`, offset);
          preadAt(direct, memory.address, block, offset);
          seen.push(memory.load(0, 10).toString());
          memory.store(0, Buffer.from(`direct ${round}  `));
          pwriteAt(direct, memory.address, block, offset);
          const into = Buffer.alloc(10);
          readSync(buffered, into, 0, 10, offset);
          seen.push(into.toString());
        }
        memory.unmap();
        closeSync(direct);
        closeSync(buffered);
        return { seen, content: readFileSync(at('file'), 'latin1').replaceAll('a', '') };
      },
    },
    {
      name: 'direct appends land at the end',
      run: ({ at }) => {
        const fd = openSync(at('file'), O_RDWR | O_CREAT | O_DIRECT | O_APPEND);
        const memory = pages(block);
        for (const letter of 'abc') {
          memory.store(0, Buffer.alloc(block, letter));
          pwriteAt(fd, memory.address, block, 0);
        }
        memory.unmap();
        closeSync(fd);
        const content = readFileSync(at('file'), 'latin1');
        return { heads: [0, 1, 2].map((index) => content[index * block]), size: content.length };
      },
    },
    {
      name: 'what is not aligned is refused',
      difference: {
        because: 'FUSE knows no alignment of memory: the kernel hands the daemon buffers of its own',
        onMount: [block, 'EINVAL', 'EINVAL', 'EINVAL'],
      },
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(4 * block));
        const fd = openSync(at('file'), O_RDWR | O_DIRECT);
        const memory = pages(4 * block);
        const seen = [
          outcome(() => preadAt(fd, memory.address + 1, block, 0)),
          outcome(() => preadAt(fd, memory.address, block, 1)),
          outcome(() => preadAt(fd, memory.address, 100, 0)),
          outcome(() => pwriteAt(fd, memory.address, 100, 7)),
        ];
        memory.unmap();
        closeSync(fd);
        return seen;
      },
    },
  ],
};
