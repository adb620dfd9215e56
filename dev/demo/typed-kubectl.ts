/** kubectl as a person types it: each command is shown as it is given, and what is refused, too. */

import type { Sheet } from '../../cli/terminal/console.js';
import { HavocError } from '../../core/havoc-error.js';
import type { Kubectl, KubectlResult } from '../cluster/kubectl.js';

export class TypedKubectl {
  readonly #sheet: Sheet;
  readonly #indent: string;
  constructor(
    readonly quietly: Kubectl,
    sheet: Sheet,
    indent = '  ',
  ) {
    this.#sheet = sheet;
    this.#indent = indent;
  }

  indented(columns: number): TypedKubectl {
    return new TypedKubectl(this.quietly, this.#sheet, ' '.repeat(columns));
  }

  /** Shown, and succeeds. What it wrote. */
  async type(args: readonly string[]): Promise<string> {
    this.show(commandLine(args));
    return this.succeed(args);
  }

  /** Not shown. Rejects with `demo.failed` and what it says. */
  async succeed(args: readonly string[], input?: unknown): Promise<string> {
    const { code, stdout, stderr } = await this.quietly.run(args, input);
    if (code !== 0)
      throw new HavocError('demo.failed', `${commandLine(args)}: ${stderr.trim() || 'no answer'}`);
    return stdout;
  }

  /** Shown, with what it says when it fails. */
  async attempt(args: readonly string[]): Promise<KubectlResult> {
    this.show(commandLine(args));
    const result = await this.quietly.run(args);
    for (const line of result.stderr.trim().split('\n'))
      this.#sheet.line(`${this.#indent}  ${this.#sheet.ink.red(line)}`);
    return result;
  }

  show(command: string): void {
    this.#sheet.line(`${this.#indent}${this.#sheet.ink.cyan(`$ ${command}`)}`);
  }
}

/** For a shell: what it would take apart or make something else of stands in quotes. */
export const commandLine = (args: readonly string[]): string => ['kubectl', ...args.map(quoted)].join(' ');

const harmless = /^[\w@%+=:,./-]+$/;

function quoted(word: string): string {
  if (harmless.test(word)) return word;
  const [, key = '', value = word] = /^([\w./-]+=)(.*)$/s.exec(word) ?? [];
  return `${key}'${value.replaceAll("'", "'\\''")}'`;
}
