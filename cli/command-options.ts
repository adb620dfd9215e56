/** Options that several commands have, said once. */
import { type Command, Option } from 'commander';
import { ControlClient } from './client/control-client.js';
import { controlToken } from './client/control-token.js';
import { controlUrl, controlVariable, defaultControl } from './client/control-url.js';
import { type Console, openConsole } from './terminal/console.js';

export interface ControlFlags {
  readonly control?: string;
}

export function controlOption(): Option {
  const usual = `${defaultControl.host}:${defaultControl.port}`;
  return new Option(
    '--control <host:port>',
    `where the sidecar's control endpoint is (default: ${controlVariable}, or ${usual})`,
  );
}

/** Of the whole program, and understood before and behind a command's name. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'text for people, json for programs')
    .choices(['text', 'json'])
    .default('text');
}

export function consoleOf(command: Command): Console {
  const { output } = command.optsWithGlobals<{ output?: string }>();
  return openConsole(output === 'json');
}

export function clientOf({ control }: ControlFlags, { env }: Console): ControlClient {
  return new ControlClient(controlUrl(control, env), controlToken(env));
}

/** Of what logs lines of JSON to stdout, as in a pod. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'least level of the lines of JSON on stdout')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('info');
}

/** Of an option that may be repeated. */
export const append = (value: string, others: readonly string[] = []): readonly string[] => [
  ...others,
  value,
];
