/** The conformance table. */
import type { Chapter } from './case.js';
import { directIo } from './chapters/direct-io.js';
import { directories, readWhole } from './chapters/directories.js';
import { executing } from './chapters/executing.js';
import { extendedAttributes } from './chapters/extended-attributes.js';
import { links } from './chapters/links.js';
import { locking } from './chapters/locking.js';
import { mapping } from './chapters/mapping.js';
import { names } from './chapters/names.js';
import { opening } from './chapters/opening.js';
import { ownership } from './chapters/ownership.js';
import { permissions } from './chapters/permissions.js';
import { readOnly } from './chapters/read-only.js';
import { readingAndWriting } from './chapters/reading-and-writing.js';
import { renaming } from './chapters/renaming.js';
import { space } from './chapters/space.js';
import { specialFiles } from './chapters/special-files.js';
import { syncing } from './chapters/syncing.js';
import { times } from './chapters/times.js';

/** What holds on any directory that can be written. */
export const writableChapters: readonly Chapter[] = [
  opening,
  readingAndWriting,
  links,
  renaming,
  directories,
  names,
  permissions,
  ownership,
  extendedAttributes,
  times,
  locking,
  mapping,
  directIo,
  space,
  specialFiles,
  syncing,
  executing,
];

/** What takes long, and shows what is rare. */
export const largeDirectories: Chapter = { name: 'large directories', cases: [readWhole(100_000)] };

export const chapters: readonly Chapter[] = [...writableChapters, readOnly, largeDirectories];
