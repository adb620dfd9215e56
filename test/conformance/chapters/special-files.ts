/** FIFOs, sockets, devices, files without a name. */

import { once } from 'node:events';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { asUser } from '../../sidecar/mounted/libc/credentials.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_FOLLOW,
  linkat,
  mknod,
  O_TMPFILE,
} from '../../sidecar/mounted/libc/files.js';
import type { Chapter } from '../case.js';
import { facts, factsOf, outcome, outcomes } from '../observe.js';

const { O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const device = (major: number, minor: number) =>
  ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & 0xfff00) << 12);

export const specialFiles: Chapter = {
  name: 'special files',
  cases: [
    {
      name: 'a FIFO carries bytes between two descriptors',
      run: ({ at }) => {
        mknod(at('fifo'), 0o010666, 0);
        const noReader = outcome(() => openSync(at('fifo'), O_WRONLY | O_NONBLOCK));
        const reader = openSync(at('fifo'), O_RDONLY | O_NONBLOCK);
        const writer = openSync(at('fifo'), O_WRONLY | O_NONBLOCK);
        writeSync(writer, 'through');
        const into = Buffer.alloc(20);
        const got = into.toString('latin1', 0, readSync(reader, into));
        closeSync(writer);
        const end = readSync(reader, into);
        closeSync(reader);
        return { noReader, got, end, facts: facts(at('fifo')) };
      },
    },
    {
      name: 'a unix socket listens and is connected to',
      run: async ({ at, root }) => {
        const back = process.cwd();
        process.chdir(root);
        const server = createServer((socket) => socket.end('hello'));
        server.listen('socket');
        await once(server, 'listening');
        const client = connect('socket');
        process.chdir(back);
        const [data] = await once(client, 'data');
        const left = facts(at('socket'));
        const open = outcome(() => openSync(at('socket'), 'r'));
        client.destroy();
        server.close();
        await once(server, 'close');
        return { data: String(data), left, open, after: readdirSync(at()) };
      },
    },
    {
      name: 'device nodes keep their numbers and work',
      run: ({ at }) => {
        const nodes = { null: device(1, 3), zero: device(1, 5), large: device(2000, 300_000) };
        const made = outcomes(nodes, (number, name) => {
          mknod(at(name), 0o020666, number);
          return facts(at(name));
        });
        const block = outcome(() => mknod(at('block'), 0o060600, device(250, 7)));
        const zero = openSync(at('zero'), 'r');
        const read = readSync(zero, Buffer.alloc(100));
        closeSync(zero);
        const empty = readFileSync(at('null'), 'utf8');
        return { made, block: [block, facts(at('block'))], read, empty };
      },
    },
    {
      name: 'mknod() makes files for all, devices for root, directories for nobody',
      run: ({ at }) =>
        [0, 1005].map((uid) =>
          asUser({ uid, gid: uid }, () =>
            outcomes(
              {
                none: 0,
                file: 0o100000,
                fifo: 0o010000,
                socket: 0o140000,
                character: 0o020000,
                block: 0o060000,
                directory: 0o040000,
                link: 0o120000,
              },
              (type, name) => {
                mknod(at(`${uid} ${name}`), type | 0o644, device(1, 3));
                return { ...facts(at(`${uid} ${name}`)) };
              },
            ),
          ),
        ),
    },
    {
      name: 'mknod() of a name that is taken is refused',
      run: ({ at }) => {
        mknod(at('fifo'), 0o010644, 0);
        return outcomes({ file: 0o100644, fifo: 0o010644 }, (mode) => mknod(at('fifo'), mode, 0));
      },
    },
    {
      name: 'a file made by O_TMPFILE has no name until linkat() gives it one',
      run: ({ at }) => {
        const fd = openSync(at(), O_TMPFILE | O_RDWR, 0o640);
        writeSync(fd, 'nameless');
        const before = { facts: factsOf(fstatSync(fd, { bigint: true })), names: readdirSync(at()) };
        const linked = outcome(() =>
          linkat({ dir: AT_FDCWD, path: `/proc/self/fd/${fd}` }, at('named'), AT_SYMLINK_FOLLOW),
        );
        writeSync(fd, ' no more');
        const second = outcome(() => linkat({ dir: fd, path: '' }, at('second'), AT_EMPTY_PATH));
        const after = { own: factsOf(fstatSync(fd, { bigint: true })), named: facts(at('named')) };
        closeSync(fd);
        return {
          before,
          linked,
          second,
          after,
          content: readFileSync(at('named'), 'utf8'),
          names: readdirSync(at()).sort(),
        };
      },
    },
    {
      name: 'O_TMPFILE with O_EXCL can never be linked, and is gone when closed',
      run: ({ at }) => {
        const fd = openSync(at(), O_TMPFILE | O_EXCL | O_WRONLY, 0o600);
        const linked = outcome(() =>
          linkat({ dir: AT_FDCWD, path: `/proc/self/fd/${fd}` }, at('named'), AT_SYMLINK_FOLLOW),
        );
        closeSync(fd);
        return { linked, names: readdirSync(at()) };
      },
    },
  ],
};
