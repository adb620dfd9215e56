/** The main program of a process that looks for many names at once, each in a thread of its own: `DIRECTORY PREFIX COUNT`. */
import { lstat } from 'node:fs/promises';
import { errnoName } from '../../../conformance/observe.js';

const [directory = '', prefix = '', count = '0'] = process.argv.slice(2);
const looks = Array.from({ length: Number(count) }, (_, index) =>
  lstat(`${directory}/${prefix}-${index}`).then(() => 'found', errnoName),
);
const answers = await Promise.all(looks);
for (const answer of new Set(answers)) {
  process.stdout.write(`${answer} ${answers.filter((each) => each === answer).length}\n`);
}
