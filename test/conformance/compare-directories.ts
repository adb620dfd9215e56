/**
 * The conformance table on any two directories: `node compare-directories.js BARE OTHER [BENEATH-OTHER]`. It prints
 * what tells them apart as `bare | other`, and how many cases do.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writableChapters } from './chapters.js';
import { differences } from './differences.js';
import { observationKey, observations } from './observations.js';

const [bare = '.', other = '.', beneathOther = other] = process.argv.slice(2);
const bareDirectory = mkdtempSync(join(bare, 'conformance-'));
const beneath = mkdtempSync(join(beneathOther, 'conformance-'));
const directory = join(other, basename(beneath));
for (const made of [bareDirectory, beneath]) chmodSync(made, 0o755);
let different = 0;
try {
  const [expected, actual] = await Promise.all([
    observations(writableChapters, { directory: bareDirectory, beneath: bareDirectory }),
    observations(writableChapters, { directory, beneath }),
  ]);
  for (const chapter of writableChapters) {
    for (const { name } of chapter.cases) {
      const key = observationKey(chapter.name, name);
      const leaves = differences(expected.get(key), actual.get(key));
      if (leaves.length === 0) continue;
      different += 1;
      console.log(`${key}\n  ${leaves.join('\n  ')}`);
    }
  }
} finally {
  rmSync(bareDirectory, { recursive: true });
  rmSync(beneath, { recursive: true });
}
console.log(`${different} cases differ`);
process.exitCode = different === 0 ? 0 : 1;
