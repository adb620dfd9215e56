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

/**
 * Of the whole program, and understood before and behind a command's name. A command that writes other formats has an
 * option of the same name with its own choices; so `checkFormat` judges, once it is known which command is meant.
 */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'text for people, json for programs')
    .choices(['text', 'json'])
    .default('text')
    .argParser((format: string) => format);
}

/** Throws usage's error where the command does not write the format that was asked for. */
export function checkFormat(command: Command): void {
  const own = command.options.find(({ long }) => long === '--output');
  const { flags, argChoices = [] } = own ?? outputOption();
  const format = formatOf(command);
  if (argChoices.includes(format)) return;
  command.error(
    `error: option '${flags}' argument '${format}' is invalid. Allowed choices are ${argChoices.join(', ')}.`,
  );
}

export const formatOf = (command: Command): string =>
  command.optsWithGlobals<{ output?: string }>().output ?? 'text';

export const consoleOf = (command: Command): Console => openConsole(formatOf(command) === 'json');

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
