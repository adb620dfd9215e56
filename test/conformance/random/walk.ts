/**
 * The main program of a random walk: `node walk.js SEED STEPS BARE OTHER`. Takes the same steps in both directories,
 * and stops with the story so far at the first that does not look the same.
 */
import { createHash } from 'node:crypto';
import { SeededRandom } from '../../seeded-random.js';
import { differences } from '../differences.js';
import { outcome } from '../observe.js';
import { Side } from './side.js';
import { drawStep, type Step } from './steps.js';
import { tree } from './tree.js';

const [seed = '1', steps = '1000', bare = '', other = ''] = process.argv.slice(2);
const stepsPerLook = 500;
const random = new SeededRandom(Number(seed));
const sides = [new Side(bare), new Side(other)] as const;
const story: string[] = [];

for (let step = 1; step <= Number(steps); step += 1) {
  const drawn = drawStep(random);
  const [expected, actual] = [observed(drawn, sides[0]), observed(drawn, sides[1])];
  story.push(`${step}. ${drawn.what} -> ${shortened(expected)}`);
  if (!sameText(expected, actual)) fail(differences(JSON.parse(expected), JSON.parse(actual)));
  if (step % stepsPerLook === 0) compareTrees();
}
for (const side of sides) side.closeAll();
compareTrees();
process.stdout.write(`${steps} steps taken alike\n`);

function observed({ take }: Step, side: Side): string {
  const observation = outcome(() => take(side));
  return JSON.stringify(observation, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function sameText(expected: string, actual: string): boolean {
  return expected === actual;
}

function compareTrees(): void {
  const found = differences(tree(sides[0].directory), tree(sides[1].directory));
  if (found.length > 0) fail(found);
}

function fail(found: readonly string[]): never {
  process.stdout.write(
    `${story.slice(-30).join('\n')}\nbare | other:\n${found.slice(0, 20).map(shortened).join('\n')}\n`,
  );
  process.exit(1);
}

function shortened(text: string): string {
  if (text.length < 300) return text;
  return `${text.slice(0, 100)}... (${text.length} characters, sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 12)})`;
}
