/** Maps a file, says so, and once asked writes what the mapping shows. Usage: FILE LENGTH. */
import { openSync, writeSync } from 'node:fs';
import { map } from '../libc/memory.js';

const [path = '', length = '0'] = process.argv.slice(2);
const memory = map(openSync(path, 'r'), { length: Number(length), shared: true, writable: false });
writeSync(1, 'mapped');
process.stdin.once('data', () => process.stdout.write(memory.load(0, Number(length))));
