/** The words that may stand after `on`: what each reaches, and what else people call it. */
import type { VerbGroup } from '../fault.js';
import { type DiskVerb, diskVerbs } from '../operation.js';
import { verbsThat } from '../verb-traits.js';

export interface VerbGroupEntry {
  readonly meaning: string;
  readonly verbs: readonly DiskVerb[];
}

const ofData: ReadonlySet<DiskVerb> = new Set(verbsThat('reads', 'writes', 'syncs'));

/** A group that is named as a verb (`read`, `write`) means the group. */
export const verbGroups: Readonly<Record<VerbGroup, VerbGroupEntry>> = {
  read: { meaning: 'whatever reads data', verbs: verbsThat('reads') },
  write: { meaning: 'whatever writes data', verbs: verbsThat('writes') },
  sync: {
    meaning:
      'whatever makes data durable, close(2) included; syncfs(2) ends in the kernel and never gets here',
    verbs: verbsThat('syncs'),
  },
  meta: {
    meaning: 'names, directories, attributes, opening; the kernel itself answers access(2)',
    verbs: diskVerbs.filter((verb) => !ofData.has(verb)),
  },
  all: { meaning: 'every operation', verbs: diskVerbs },
};

const isGroup = (word: string): word is VerbGroup => Object.hasOwn(verbGroups, word);

/** In the order in which `format` writes them. */
export const verbWords: readonly (DiskVerb | VerbGroup)[] = [
  ...new Set([...Object.keys(verbGroups).filter(isGroup), ...diskVerbs]),
];

/** System calls and everyday names, and the operation that a file system sees of them. */
export const verbAliases: ReadonlyMap<string, DiskVerb | VerbGroup> = new Map([
  ['fdatasync', 'fsync'],
  ['msync', 'fsync'],
  ['pread', 'read'],
  ['pread64', 'read'],
  ['readv', 'read'],
  ['preadv', 'read'],
  ['pwrite', 'write'],
  ['pwrite64', 'write'],
  ['writev', 'write'],
  ['pwritev', 'write'],
  ['append', 'write'],
  ['truncate', 'setattr'],
  ['ftruncate', 'setattr'],
  ['chmod', 'setattr'],
  ['chown', 'setattr'],
  ['utimens', 'setattr'],
  ['utimensat', 'setattr'],
  ['stat', 'getattr'],
  ['fstat', 'getattr'],
  ['lstat', 'getattr'],
  ['statx', 'getattr'],
  ['statvfs', 'statfs'],
  ['df', 'statfs'],
  ['close', 'flush'],
  ['openat', 'open'],
  ['creat', 'create'],
  ['delete', 'unlink'],
  ['remove', 'unlink'],
  ['unlinkat', 'unlink'],
  ['rename2', 'rename'],
  ['renameat2', 'rename'],
  ['move', 'rename'],
  ['getdents', 'readdir'],
  ['readdirplus', 'readdir'],
  ['list', 'readdir'],
  ['metadata', 'meta'],
  ['any', 'all'],
  ['*', 'all'],
]);

export const expand = (word: DiskVerb | VerbGroup): readonly DiskVerb[] =>
  isGroup(word) ? verbGroups[word].verbs : [word];

export const isVerbWord = (text: string): text is DiskVerb | VerbGroup => words.has(text);

const words: ReadonlySet<string> = new Set(verbWords);
