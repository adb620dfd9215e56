/** The part of the conformance table that takes long. */
import { after, before, describe } from 'node:test';
import { needs } from '../needs.js';
import { type MountedDisk, mountDisk } from '../sidecar/mounted/mounted-disk.js';
import { largeDirectories } from './chapters.js';
import { compareChapters, observeBoth } from './compare-chapters.js';

describe('a mount behaves as the directory beneath it', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
  });
  after(() => disk?.close());
  compareChapters([largeDirectories], () => observeBoth([largeDirectories], disk));
});
