/** open(2): every set of flags on every sort of target. */
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { mknod, O_PATH, O_TMPFILE } from '../../sidecar/mounted/libc/files.js';
import { statusFlags } from '../../sidecar/mounted/libc/locks.js';
import type { Case, Chapter, Place } from '../case.js';
import { facts, outcome } from '../observe.js';

const {
  O_APPEND,
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} = constants;

const flagSets: Readonly<Record<string, number>> = {
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  'O_CREAT|O_WRONLY': O_CREAT | O_WRONLY,
  'O_CREAT|O_RDONLY': O_CREAT | O_RDONLY,
  'O_CREAT|O_EXCL|O_RDWR': O_CREAT | O_EXCL | O_RDWR,
  'O_CREAT|O_EXCL|O_NOFOLLOW|O_RDWR': O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR,
  'O_TRUNC|O_RDWR': O_TRUNC | O_RDWR,
  'O_TRUNC|O_RDONLY': O_TRUNC | O_RDONLY,
  'O_CREAT|O_TRUNC|O_WRONLY': O_CREAT | O_TRUNC | O_WRONLY,
  'O_APPEND|O_WRONLY': O_APPEND | O_WRONLY,
  'O_APPEND|O_TRUNC|O_WRONLY': O_APPEND | O_TRUNC | O_WRONLY,
  O_DIRECTORY,
  'O_DIRECTORY|O_RDWR': O_DIRECTORY | O_RDWR,
  'O_DIRECTORY|O_CREAT': O_DIRECTORY | O_CREAT,
  O_NOFOLLOW,
  O_PATH,
  'O_PATH|O_NOFOLLOW': O_PATH | O_NOFOLLOW,
  'O_PATH|O_DIRECTORY': O_PATH | O_DIRECTORY,
  'O_TMPFILE|O_RDWR': O_TMPFILE | O_RDWR,
  'O_TMPFILE|O_RDONLY': O_TMPFILE | O_RDONLY,
  'O_TMPFILE|O_EXCL|O_WRONLY': O_TMPFILE | O_EXCL | O_WRONLY,
  'O_DIRECT|O_RDWR': O_DIRECT | O_RDWR,
  'O_NOATIME|O_RDONLY': O_NOATIME | O_RDONLY,
  'O_SYNC|O_WRONLY': O_SYNC | O_WRONLY,
  'access mode 3': 3,
};

const targets: Readonly<Record<string, (place: Place) => string>> = {
  'a file': (place) => file(place, 'file'),
  'an empty file': (place) => file(place, 'empty', ''),
  'a directory': (place) => directory(place, 'directory'),
  'a name that is free': (place) => place.at('free'),
  'a free name with a slash': (place) => `${place.at('free')}/`,
  'a file with a slash': (place) => `${file(place, 'slashed')}/`,
  'a directory with a slash': (place) => `${directory(place, 'slashed-directory')}/`,
  'a link to a file': (place) => link(place, 'to-file', basename(file(place, 'linked'))),
  'a link to a directory': (place) =>
    link(place, 'to-directory', basename(directory(place, 'linked-directory'))),
  'a link to nothing': (place) => link(place, 'to-nothing', 'nothing'),
  'a link to itself': (place) => link(place, 'to-itself', 'to-itself'),
  'a FIFO': (place) => node(place, 'fifo', 0o010644),
  'a socket': (place) => node(place, 'socket', 0o140644),
  'something below a file': (place) => `${file(place, 'not-a-directory')}/x`,
  'something below nothing': (place) => place.at('missing', 'x'),
};

export const opening: Chapter = {
  name: 'opening',
  cases: Object.entries(targets).map(([name, make]) => ({ name: `open() of ${name}`, run: openEach(make) })),
};

function openEach(make: (place: Place) => string): Case['run'] {
  return (place) =>
    Object.entries(flagSets).map(([name, flags], index) => {
      mkdirSync(place.at(`${index}`));
      const target = make({ ...place, at: (...names) => place.at(`${index}`, ...names) });
      return {
        flags: name,
        opened: outcome(() => openOnce(target, flags)),
        left: outcome(() => facts(target)),
      };
    });
}

function openOnce(target: string, flags: number): unknown {
  const fd = openSync(target, flags | O_NONBLOCK, 0o640);
  try {
    return { statusFlags: statusFlags(fd).toString(8) };
  } finally {
    closeSync(fd);
  }
}

function file(place: Place, name: string, content = 'content'): string {
  writeFileSync(place.at(name), content);
  return place.at(name);
}

function directory(place: Place, name: string): string {
  mkdirSync(place.at(name));
  return place.at(name);
}

function link(place: Place, name: string, to: string): string {
  symlinkSync(to, place.at(name));
  return place.at(name);
}

function node(place: Place, name: string, mode: number): string {
  mknod(place.at(name), mode, 0);
  return place.at(name);
}
