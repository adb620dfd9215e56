/** Who may not mount runs the same words once more, in a namespace of their own where they may. */
import type { Console } from '../../terminal/console.js';
import { mayMount } from '../local/capabilities.js';
import { checkNamespace, isInNamespace, runInNamespace } from '../local/namespace.js';

export const needsNamespace = ({ env }: Console): boolean => !mayMount() && !isInNamespace(env);

export function inNamespace({ env }: Console): Promise<number> {
  checkNamespace();
  return runInNamespace(process.argv.slice(1), env);
}
