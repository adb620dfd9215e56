/** Runs `nft` and `ip`, bounded, and says what is in the way when they fail. */
import { spawn } from 'node:child_process';
import { HavocError } from '../../havoc-error.js';
import { limits } from '../limits.js';

export type Program = 'nft' | 'ip';

/** Debian keeps both where a plain user's PATH does not look. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Resolves to what it wrote. Rejects with `netfilter.missing`, `netfilter.forbidden`, `netfilter.late` or `netfilter.failed`. */
export function run(program: Program, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env: { ...process.env, PATH: path, LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [output, complaint, isLate] = ['', '', false];
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, limits.commandMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < limits.commandBytes) output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < limits.commandBytes) complaint += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(cause.code === 'ENOENT' ? missing(program) : cause);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else reject(isLate ? late(program) : failed(program, args, complaint));
    });
  });
}

const packages: Readonly<Record<Program, string>> = { nft: 'nftables', ip: 'iproute2' };

const missing = (program: Program): HavocError =>
  new HavocError('netfilter.missing', `${program} is missing: install ${packages[program]}`);

const late = (program: Program): HavocError =>
  new HavocError('netfilter.late', `${program} took over ${limits.commandMs} ms, and was ended`);

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
