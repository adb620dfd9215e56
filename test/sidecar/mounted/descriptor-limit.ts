/** A sidecar that may have few open files, started by a process that may have more. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolders } from '../../cli/temporary-folders.js';

export interface DescriptorLimit {
  readonly soft: number;
  readonly hard: number;
}

/**
 * Calls `start`; the process that it forks at once begins with this limit, and so do those that this one starts. Our own
 * cannot be lowered for that: only CAP_SYS_RESOURCE raises a hard limit again.
 */
export function withDescriptorLimit<T>(t: TestContext, { soft, hard }: DescriptorLimit, start: () => T): T {
  const node = process.execPath;
  const limited = join(temporaryFolders(t), 'node');
  writeFileSync(limited, `#!/bin/sh\nulimit -S -n ${soft}\nulimit -H -n ${hard}\nexec '${node}' "$@"\n`);
  chmodSync(limited, 0o755);
  process.execPath = limited;
  try {
    return start();
  } finally {
    process.execPath = node;
  }
}

/** As `/proc/PID/limits` says it. */
export function limitOf(pid: number): DescriptorLimit {
  const [, soft, hard] =
    /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? [];
  return { soft: Number(soft), hard: Number(hard) };
}
