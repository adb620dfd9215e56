/** The configuration file of the webhook and of `havock8s inject`: YAML or JSON, each field optional, none unknown. */
import { readBySchema } from '../core/read-by-schema.js';
import { configSchema, type GivenConfig } from './config-schema.js';
import { defaultConfig, type InjectionConfig, type SidecarResources } from './injection-config.js';

export type ConfigReading =
  | { readonly kind: 'config'; readonly config: InjectionConfig }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** Never throws, whatever the text; an empty one is the defaults. */
export function readConfig(text: string): ConfigReading {
  const reading = readBySchema(text, { schema: configSchema, whole: 'the configuration' });
  if (reading.kind === 'value') return { kind: 'config', config: withDefaults(reading.value) };
  return { kind: 'problems', problems: reading.problems.map(({ line, message }) => ({ line, message })) };
}

function withDefaults({ resources, ...given }: GivenConfig): InjectionConfig {
  const { mount, faults } = defaultConfig.resources;
  return {
    ...defaultConfig,
    ...given,
    resources: {
      mount: resourcesWithDefaults(mount, resources?.mount),
      faults: resourcesWithDefaults(faults, resources?.faults),
    },
  };
}

type GivenResources = NonNullable<NonNullable<GivenConfig['resources']>['faults']>;

/** What is given of limits are the limits: so one can be done away with. */
function resourcesWithDefaults<T extends SidecarResources>(defaults: T, given: GivenResources = {}): T {
  return {
    ...defaults,
    ...given,
    requests: { ...defaults.requests, ...given.requests },
    guaranteed: { ...defaults.guaranteed, ...given.guaranteed },
  };
}
