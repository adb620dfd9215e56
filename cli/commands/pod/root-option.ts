/** Where the directories of the pod's containers are; another place is for trying both outside a pod. */
import { resolve } from 'node:path';
import { Option } from 'commander';
import { podRoot } from '../../../sidecar/supervise/pod/pod-paths.js';

export interface RootFlag {
  readonly root: string;
}

export function rootOption(): Option {
  return new Option('--root <dir>', 'where served, run, backing and pod are, to try this outside a pod')
    .default(podRoot)
    .argParser((text) => resolve(text));
}
