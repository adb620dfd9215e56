/** Runs `nft` and `ip`, bounded, and says what is in the way when they fail. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HavocError } from '../../../core/havoc-error.js';
import { proxyTimeouts } from '../../proxy/timeouts.js';
import { limits } from '../limits.js';

export type Program = 'nft' | 'ip';

/** Debian keeps both where a plain user's PATH does not look. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

const execute = promisify(execFile);

/** Resolves to what it wrote. Rejects with `netfilter.missing`, `netfilter.forbidden`, `netfilter.late` or `netfilter.failed`. */
export async function run(program: Program, args: readonly string[], input = ''): Promise<string> {
  const running = execute(program, args, {
    env: { ...process.env, PATH: path, LC_ALL: 'C' },
    timeout: proxyTimeouts.netfilterCommandMs,
    killSignal: 'SIGKILL',
    maxBuffer: limits.commandBytes,
  });
  // One that fails may not read what it is given.
  running.child.stdin?.on('error', () => {}).end(input);
  try {
    return (await running).stdout;
  } catch (cause) {
    throw explain(cause, program, args);
  }
}

/** What execFile rejects with: `code` is the exit code, or a word when it did not come to one. */
function explain(cause: unknown, program: Program, args: readonly string[]): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause;
  if (cause.code === 'ENOENT') return missing(program);
  if (typeof cause.code === 'number' && 'stderr' in cause) return failed(program, args, String(cause.stderr));
  return cause.code === null ? late(program) : cause;
}

const packages: Readonly<Record<Program, string>> = { nft: 'nftables', ip: 'iproute2' };

const missing = (program: Program): HavocError =>
  new HavocError('netfilter.missing', `${program} is missing: install ${packages[program]}`);

const late = (program: Program): HavocError =>
  new HavocError(
    'netfilter.late',
    `${program} took over ${proxyTimeouts.netfilterCommandMs} ms, and was ended`,
  );

function failed(program: Program, args: readonly string[], complaint: string): HavocError {
  const why = complaint.trim().split('\n').slice(0, 6).join('\n');
  if (/Operation not permitted/.test(why)) {
    return new HavocError(
      'netfilter.forbidden',
      `${program} may not change this network namespace: CAP_NET_ADMIN is missing`,
    );
  }
  return new HavocError('netfilter.failed', `${program} ${args.join(' ')}: ${why}`);
}
