/** etcd with one member. What it holds is worth nothing after a crash of the machine, so it syncs nothing. */
import { join } from 'node:path';

export interface EtcdPorts {
  readonly client: number;
  readonly peer: number;
}

export function etcdCommand(folder: string, { client, peer }: EtcdPorts): readonly string[] {
  const [clientUrl, peerUrl] = [etcdUrl(client), etcdUrl(peer)];
  return [
    'etcd',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

export const etcdUrl = (port: number): string => `http://127.0.0.1:${port}`;
