/** Does what a terminal sends on Ctrl-C reach this process, and with it every other of its group? */
import { readFileSync } from 'node:fs';
import { statFields } from '../../proc-stat.js';

export interface TerminalTies {
  /** There is a controlling terminal, so a hang-up of it reaches us. No longer so once it has. */
  readonly hasTerminal: boolean;
  /** Our process group is the one that the terminal's keys speak to. */
  readonly inForeground: boolean;
}

export function terminalTies(stat: string = readFileSync('/proc/self/stat', 'latin1')): TerminalTies {
  // state ppid pgrp session tty_nr tpgid
  const [, , group, , terminal, foregroundGroup] = statFields(stat);
  const hasTerminal = Number(terminal) !== 0;
  return { hasTerminal, inForeground: hasTerminal && group === foregroundGroup };
}
