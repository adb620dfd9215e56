/**
 * Creates, stats and unlinks small files, as a mail spool or a database of many tables does. Runs in a
 * process of its own, so that nothing else of the bench shares its thread.
 *
 *     node small-files.js DIRECTORY COUNT   prints the files a second of the whole
 */
import { closeSync, mkdirSync, openSync, rmdirSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [, , directory = '.', count = '0'] = process.argv;
const home = join(directory, 'small-files');
const paths = Array.from({ length: Number(count) }, (_, index) => join(home, `file-${index}`));
const content = Buffer.alloc(512, 'x');

mkdirSync(home);
const began = performance.now();
for (const path of paths) createFile(path);
for (const path of paths) statSync(path);
for (const path of paths) unlinkSync(path);
const seconds = (performance.now() - began) / 1000;
rmdirSync(home);
process.stdout.write(`${paths.length / seconds}\n`);

function createFile(path: string): void {
  const fd = openSync(path, 'wx');
  writeSync(fd, content);
  closeSync(fd);
}
