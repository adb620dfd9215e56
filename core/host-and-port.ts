/** `HOST:PORT`, as people write where something listens. */

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:7808`, `[::1]:7808`, `localhost:0`; undefined for anything else. */
export function readHostAndPort(text: string): HostAndPort | undefined {
  const [, bracketed, bare, digits = ''] = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? bare;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

export function writeHostAndPort({ host, port }: HostAndPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
