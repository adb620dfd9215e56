/** fsync(2) and its relatives, on files and directories; poll, ioctl and other calls on descriptors. */

import { once } from 'node:events';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  unlinkSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dropCache, ioctl, O_PATH, poll, syncFileRange, syncfs } from '../../sidecar/mounted/libc/files.js';
import type { Chapter } from '../case.js';
import { outcome, outcomes } from '../observe.js';

const requests = {
  FIONREAD: 0x541b,
  FIOQSIZE: 0x5460,
  TCGETS: 0x5401,
  'nobody’s': 0x1234_5678,
};

export const syncing: Chapter = {
  name: 'syncing and descriptors',
  cases: [
    {
      name: 'fsync, fdatasync, syncfs and sync_file_range succeed on what they should',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        mkdirSync(at('directory'));
        return outcomes({ file: 'file', directory: 'directory' }, (name) => {
          const fd = openSync(at(name), 'r');
          const seen = {
            fsync: outcome(() => fsyncSync(fd)),
            fdatasync: outcome(() => fdatasyncSync(fd)),
            syncfs: outcome(() => syncfs(fd)),
            syncFileRange: outcome(() => syncFileRange(fd, 0, 0)),
          };
          closeSync(fd);
          return seen;
        });
      },
    },
    {
      name: 'written, synced, renamed, directory synced: the way databases replace a file',
      run: ({ at }) => {
        writeFileSync(at('config'), 'old');
        for (let version = 0; version < 20; version += 1) {
          const fd = openSync(at('config.new'), 'w');
          writeSync(fd, `version ${version}`);
          fsyncSync(fd);
          closeSync(fd);
          renameSync(at('config.new'), at('config'));
          const directory = openSync(at(), 'r');
          fsyncSync(directory);
          closeSync(directory);
        }
        return { names: readdirSync(at()), content: readFileSync(at('config'), 'utf8') };
      },
    },
    {
      name: 'content survives the page cache',
      run: ({ at }) => {
        const fd = openSync(at('file'), 'w+');
        writeSync(fd, 'x'.repeat(100_000));
        fsyncSync(fd);
        dropCache(fd);
        const into = Buffer.alloc(100_000);
        const got = readSync(fd, into, 0, 100_000, 0);
        closeSync(fd);
        return [got, into.equals(Buffer.alloc(100_000, 'x'))];
      },
    },
    {
      name: 'poll() says a file is always ready',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        return outcomes({ file: at('file'), directory: at() }, (path) => {
          const fd = openSync(path, 'r');
          const everything = 0x7fff;
          const events = poll(fd, everything);
          closeSync(fd);
          return events;
        });
      },
    },
    {
      name: 'ioctl() is refused as beneath where it means nothing',
      run: ({ at }) => {
        writeFileSync(at('file'), 'content');
        return outcomes({ file: at('file'), directory: at() }, (path) => {
          const fd = openSync(path, 'r');
          const argument = Buffer.alloc(64);
          const seen = outcomes(requests, (request) => [
            ioctl(fd, request, argument),
            argument.readInt32LE(0),
          ]);
          closeSync(fd);
          return seen;
        });
      },
    },
    {
      name: '/proc/self/fd tells the path, and that the file is deleted, and opens again',
      run: ({ at, root }) => {
        writeFileSync(at('file'), 'content');
        const fd = openSync(at('file'), O_PATH);
        const path = () => readlinkSync(`/proc/self/fd/${fd}`).slice(root.length);
        const before = [
          path(),
          readFileSync(`/proc/self/fd/${fd}`, 'utf8'),
          outcome(() => readFileSync(fd, 'utf8')),
        ];
        renameSync(at('file'), at('renamed'));
        const renamed = path();
        const again = openSync(`/proc/self/fd/${fd}`, 'a');
        unlinkSync(at('renamed'));
        writeSync(again, ' more');
        const after = [path(), readFileSync(`/proc/self/fd/${fd}`, 'utf8')];
        closeSync(again);
        closeSync(fd);
        return { before, renamed, after };
      },
    },
    {
      name: 'inotify tells of what this machine’s processes do',
      run: async ({ at }) => {
        const watcher = watch(at());
        const events: string[] = [];
        watcher.on('change', (event, name) => events.push(`${event} ${name}`));
        writeFileSync(at('file'), 'content');
        renameSync(at('file'), at('renamed'));
        unlinkSync(at('renamed'));
        writeFileSync(at('last'), '');
        while (!events.some((event) => event.endsWith('last'))) await once(watcher, 'change');
        watcher.close();
        return [...new Set(events)];
      },
    },
  ],
};
