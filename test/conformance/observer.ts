/** The main program of the process that runs chapters on one directory: `node observer.js DIRECTORY BENEATH CHAPTER...`. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, Chapter, Place } from './case.js';
import { chapters } from './chapters.js';
import type { Observed } from './observations.js';
import { errnoName } from './observe.js';
import { type OtherProcess, startOtherProcess } from './other-process.js';

const [directory = '', beneath = '', ...chapterNames] = process.argv.slice(2);

process.umask(0o022);
let other: OtherProcess | undefined;
for (const chapterName of chapterNames) {
  for (const [index, each] of chapterCalled(chapterName).cases.entries()) {
    const observation = await observe(each, place(`${chapterName}-${index}`.replaceAll(' ', '-')));
    const observed: Observed = { chapter: chapterName, name: each.name, observation };
    process.stdout.write(`${JSON.stringify(observed, bigintAsText).replaceAll(directory, '')}\n`);
  }
  await other?.kill();
}

function chapterCalled(wanted: string): Chapter {
  const chapter = chapters.find(({ name }) => name === wanted);
  if (chapter === undefined) throw new RangeError(`no chapter ${wanted}`);
  return chapter;
}

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
