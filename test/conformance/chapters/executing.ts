/** Programs on the mount: binaries, scripts, setuid, and files that are being run. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Chapter } from '../case.js';
import { outcome } from '../observe.js';

export const executing: Chapter = {
  name: 'executing',
  cases: [
    {
      name: 'a binary runs, by its name and by a link',
      run: ({ at }) => {
        copyFileSync('/usr/bin/id', at('id'));
        chmodSync(at('id'), 0o755);
        symlinkSync('id', at('link'));
        return [run(at('id'), ['-u']), run(at('link'), ['-g'])];
      },
    },
    {
      name: 'a script runs with the interpreter of its first line',
      run: ({ at, root }) => {
        script(at('script'), '#!/bin/sh\necho "$0 $1"\nexit 7\n', 0o755);
        script(at('by-script'), `#!${at('script')}\n`, 0o755);
        return [run(at('script'), ['one']), run(at('by-script'), ['two'])].map((result) =>
          JSON.stringify(result).replaceAll(root, ''),
        );
      },
    },
    {
      name: 'what may not be executed is not, by root either',
      run: ({ at }) => {
        script(at('plain'), '#!/bin/sh\n', 0o644);
        script(at('binary'), 'not a program', 0o755);
        script(at('missing'), '#!/nowhere/to/be/found\n', 0o755);
        return ['plain', 'binary', 'missing', 'none'].map((name) => run(at(name), []));
      },
    },
    {
      name: 'a setuid program runs as its owner',
      run: ({ at }) => {
        copyFileSync('/usr/bin/id', at('id'));
        chownSync(at('id'), 1007, 2007);
        chmodSync(at('id'), 0o6755);
        return [run(at('id'), ['-u']), run(at('id'), ['-g']), run(at('id'), ['-ru'])];
      },
    },
    {
      name: 'a running program cannot be written, but replaced and removed',
      run: async ({ at }) => {
        copyFileSync('/usr/bin/cat', at('cat'));
        chmodSync(at('cat'), 0o755);
        writeFileSync(at('next'), 'next version');
        const child = spawn(at('cat'), { stdio: ['pipe', 'pipe', 'inherit'] });
        const exited = once(child, 'exit');
        child.stdin.write('alive\n');
        await once(child.stdout, 'data');
        const seen = {
          open: outcome(() => openSync(at('cat'), 'r+')),
          truncate: outcome(() => truncateSync(at('cat'), 0)),
          replace: outcome(() => renameSync(at('next'), at('cat'))),
          remove: outcome(() => unlinkSync(at('cat'))),
        };
        child.stdin.end('more\n');
        const [code] = await exited;
        return { seen, code };
      },
    },
    {
      name: 'a program open for writing cannot run',
      run: ({ at }) => {
        copyFileSync('/usr/bin/true', at('true'));
        chmodSync(at('true'), 0o755);
        const child = spawnSync('/bin/sh', ['-c', 'exec 3>>"$0"; "$0"', at('true')], { encoding: 'utf8' });
        return { status: child.status, busy: child.stderr.includes('busy') };
      },
    },
  ],
};

function run(path: string, args: readonly string[]): unknown {
  const { status, stdout, error } = spawnSync(path, args, { encoding: 'utf8' });
  return error === undefined ? { status, stdout } : { refused: outcome(() => raise(error)) };
}

function raise(error: Error): never {
  throw error;
}

function script(path: string, text: string, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}
