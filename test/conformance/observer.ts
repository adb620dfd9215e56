/** The main program of the process that runs one chapter on one directory: `node observer.js CHAPTER DIRECTORY BENEATH`. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, Place } from './case.js';
import { chapters } from './chapters.js';
import { errnoName } from './observe.js';
import { type OtherProcess, startOtherProcess } from './other-process.js';

const [chapterName = '', directory = '', beneath = ''] = process.argv.slice(2);
const chapter = chapters.find(({ name }) => name === chapterName);
if (chapter === undefined) throw new RangeError(`no chapter ${chapterName}`);

process.umask(0o022);
let other: OtherProcess | undefined;
for (const [index, each] of chapter.cases.entries()) {
  const observation = await observe(each, place(`${chapterName}-${index}`.replaceAll(' ', '-')));
  const line = JSON.stringify({ name: each.name, observation }, bigintAsText);
  process.stdout.write(`${line.replaceAll(directory, '')}\n`);
}
await other?.kill();

async function observe({ run }: Case, at: Place): Promise<unknown> {
  try {
    return await run(at);
  } catch (error) {
    return { failedWith: errnoName(error), message: String(error) };
  }
}

function place(name: string): Place {
  mkdirSync(join(beneath, name));
  chmodSync(join(beneath, name), 0o777);
  return {
    root: join(directory, name),
    at: (...names) => join(directory, name, ...names),
    beneath: (...names) => join(beneath, name, ...names),
    other: () => {
      if (!other?.alive) other = startOtherProcess();
      return other;
    },
  };
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
