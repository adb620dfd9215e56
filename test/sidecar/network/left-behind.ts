/** What of ours is still in a host's network, when nothing should be. */
import type { Host } from './host.js';

export function leftBehind(host: Host): readonly string[] {
  const told = [
    host.run('nft', 'list', 'table', 'inet', 'havock8s').stdout,
    host
      .succeed('ip', 'rule')
      .split('\n')
      .filter((line) => line.includes('7808'))
      .join(),
    host.run('ip', 'route', 'show', 'table', '7808').stdout,
    host.run('ip', '-6', 'route', 'show', 'table', '7808').stdout,
  ];
  return told.filter((text) => text.trim() !== '');
}
