/** Where the control endpoint is: `--control`, else HAVOCK8S_CONTROL, else the port that `havock8s local` takes when it can. */

import { readHostAndPort, writeHostAndPort } from '../../core/host-and-port.js';
import { controlPort } from '../../core/pod-layout.js';
import { BadInput } from '../bad-input.js';

export const defaultControl = { host: '127.0.0.1', port: controlPort } as const;

export const controlVariable = 'HAVOCK8S_CONTROL';

export function controlUrl(option: string | undefined, env: NodeJS.ProcessEnv): URL {
  if (option !== undefined) return readUrl(option, '--control');
  const fromEnv = env[controlVariable];
  if (fromEnv) return readUrl(fromEnv, controlVariable);
  return new URL(`http://${defaultControl.host}:${defaultControl.port}`);
}

function readUrl(text: string, subject: string): URL {
  const address = readHostAndPort(text);
  const written = address === undefined ? text : `http://${writeHostAndPort(address)}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol === 'http:' && url.pathname === '/' && url.port !== '0') return url;
  const message = `"${text}" is not an address; expected HOST:PORT such as 127.0.0.1:${defaultControl.port} or http://127.0.0.1:${defaultControl.port}`;
  throw new BadInput([{ subject, message }]);
}
