/** Crashes a PostgreSQL in its pod, and waits until its container was started again. */
import { container } from './names.js';
import type { TypedKubectl } from './typed-kubectl.js';

const boundS = 120;
const restartsPath = '{.status.containerStatuses[0].restartCount}';

export async function crashPod(kubectl: TypedKubectl, pod: string): Promise<void> {
  const path = `--output=jsonpath=${restartsPath}`;
  const before = Number(await kubectl.succeed(['get', 'pod', pod, path]));
  // An immediate shutdown, in PostgreSQL's words: nothing is written any more.
  await kubectl.type(['exec', pod, '-c', container, '--', 'kill', '-QUIT', '1']);
  const restarted = `--for=jsonpath=${restartsPath}=${before + 1}`;
  await kubectl.succeed(['wait', `pod/${pod}`, restarted, `--timeout=${boundS}s`]);
}
