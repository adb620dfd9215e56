/** Files in memory: shared and private maps, of one process and two, beside read and write. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { map } from '../../sidecar/mounted/libc/memory.js';
import type { Chapter } from '../case.js';
import { facts, outcome, outcomes } from '../observe.js';

const page = 4096;

export const mapping: Chapter = {
  name: 'mapping',
  cases: [
    {
      name: 'a shared map is read, written and synced to the file',
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(3 * page));
        const fd = openSync(at('file'), 'r+');
        const memory = map(fd, { length: 3 * page, shared: true, writable: true });
        memory.store(page - 2, Buffer.from('across'));
        memory.sync();
        memory.store(2 * page, Buffer.from('later'));
        const byRead = read(fd, 8, page - 2);
        memory.unmap();
        fsyncSync(fd);
        closeSync(fd);
        return {
          byRead,
          content: readFileSync(at('file'), 'latin1').replaceAll('x', ''),
          facts: facts(at('file')),
        };
      },
    },
    {
      name: 'a private map keeps its stores to itself',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), 'r');
        const memory = map(fd, { length: 7, shared: false, writable: true });
        memory.store(0, Buffer.from('MINE'));
        const seen = { mine: memory.load(0, 7).toString(), file: readFileSync(at('file'), 'utf8') };
        memory.unmap();
        closeSync(fd);
        return seen;
      },
    },
    {
      name: 'a map sees what write() writes, and read() sees what a map stores',
      run: ({ at }) => {
        writeFileSync(at('file'), '-'.repeat(page));
        const fd = openSync(at('file'), 'r+');
        const memory = map(fd, { length: page, shared: true, writable: true });
        const seen = Array.from({ length: 20 }, (_, round) => {
          writeSync(fd, `written ${round}`, round * 20);
          const mapped = memory.load(round * 20, 10).toString();
          memory.store(round * 20, Buffer.from(`stored ${round}`));
          return [mapped, read(fd, 10, round * 20)];
        });
        memory.unmap();
        closeSync(fd);
        return { seen, content: readFileSync(at('file'), 'latin1') };
      },
    },
    {
      name: 'two processes share a map',
      run: async ({ at, other }) => {
        writeFileSync(at('file'), '\0'.repeat(2 * page));
        const fd = openSync(at('file'), 'r+');
        const memory = map(fd, { length: 2 * page, shared: true, writable: true });
        const theirs = Number(await other().call('open', at('file'), 'r+'));
        await other().call('map', theirs, { length: 2 * page, shared: true, writable: true });
        memory.store(0, Buffer.from('mine'));
        await other().call('store', theirs, page, 'theirs');
        const seen = [await other().call('load', theirs, 0, 4), memory.load(page, 6).toString()];
        memory.unmap();
        closeSync(fd);
        return { seen, content: readFileSync(at('file'), 'latin1').replaceAll('\0', '') };
      },
    },
    {
      name: 'a map of an unlinked file lives on',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), 'r+');
        const memory = map(fd, { length: page, shared: true, writable: true });
        unlinkSync(at('file'));
        memory.store(0, Buffer.from('after'));
        memory.sync();
        const seen = read(fd, 9, 0);
        closeSync(fd);
        const alone = memory.load(0, 7).toString();
        memory.unmap();
        return { seen, alone };
      },
    },
    {
      name: 'bytes behind the end of the file in its last page are zeros and are not kept',
      run: ({ at }) => {
        writeFileSync(at('file'), 'abc');
        const fd = openSync(at('file'), 'r+');
        const memory = map(fd, { length: page, shared: true, writable: true });
        const before = memory.load(0, 6).toString('hex');
        memory.store(2, Buffer.from('CDEF'));
        memory.sync();
        ftruncateSync(fd, 6);
        const after = read(fd, 10, 0);
        memory.unmap();
        closeSync(fd);
        return { before, after };
      },
    },
    {
      name: 'a map at an offset past 4 GiB reaches the right page',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        ftruncateSync(fd, 5 * 1024 ** 3);
        const offset = 4 * 1024 ** 3 + 3 * page;
        const memory = map(fd, { length: page, shared: true, writable: true, offset });
        memory.store(10, Buffer.from('here'));
        memory.sync();
        memory.unmap();
        const seen = read(fd, 6, offset + 9);
        closeSync(fd);
        return { seen, facts: facts(at('file')) };
      },
    },
    {
      name: 'what a descriptor forbids, its map forbids',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        return outcomes({ r: 'r', w: 'a', 'r+': 'r+' }, (flags) => {
          const fd = openSync(at('file'), flags);
          const seen = [true, false].map((shared) =>
            [true, false].map((writable) => outcome(() => map(fd, { length: 7, shared, writable }).unmap())),
          );
          closeSync(fd);
          return seen;
        });
      },
    },
    {
      name: 'a file opened with O_DIRECT is mapped too',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), constants.O_RDWR | constants.O_DIRECT);
        const memory = map(fd, { length: page, shared: true, writable: true });
        memory.store(0, Buffer.from('CON'));
        memory.sync();
        memory.unmap();
        closeSync(fd);
        return readFileSync(at('file'), 'utf8');
      },
    },
    {
      name: 'touching a page behind the end of the file is SIGBUS',
      run: ({ at }) => {
        writeFileSync(at('file'), 'x'.repeat(3 * page));
        const script = `
          const { map } = await import(${JSON.stringify(new URL('../../sidecar/mounted/libc/memory.js', import.meta.url).href)});
          const { openSync, truncateSync } = await import('node:fs');
          const memory = map(openSync(process.argv[1], 'r+'), { length: ${3 * page}, shared: true, writable: true });
          truncateSync(process.argv[1], ${page});
          memory.load(0, 10);
          process.stdout.write('in the file');
          memory.load(${2 * page}, 10);
          process.stdout.write('behind it');`;
        const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, at('file')], {
          encoding: 'utf8',
        });
        return { signal: child.signal, output: child.stdout };
      },
    },
  ],
};

function read(fd: number, length: number, position: number): string {
  const into = Buffer.alloc(length);
  return into.toString('latin1', 0, readSync(fd, into, 0, length, position));
}
