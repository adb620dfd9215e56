/** The same pods twice, by the same names in two namespaces: one that is opted in, one that never heard of us. */
import { annotation } from '../../../core/keys.js';
import { Environment } from '../environment.js';

export interface PairedPodsOptions {
  readonly name: string;
  readonly volumesPerNode?: number;
}

/** What a container or the API server says, a line each. */
export type Seen = ReadonlyMap<string, string>;

export class PairedPods {
  private constructor(
    readonly injected: Environment,
    readonly bare: Environment,
  ) {}

  static async play(options: PairedPodsOptions, act: (pairs: PairedPods) => Promise<void>): Promise<void> {
    await Environment.play({ ...options, name: `${options.name}-injected` }, (injected) =>
      Environment.play({ ...options, name: `${options.name}-bare`, injected: false }, (bare) =>
        act(new PairedPods(injected, bare)),
      ),
    );
  }

  async both<T>(
    act: (environment: Environment) => Promise<T>,
  ): Promise<{ readonly injected: T; readonly bare: T }> {
    const [injected, bare] = await Promise.all([act(this.injected), act(this.bare)]);
    return { injected, bare };
  }

  async apply(objectsFor: (environment: Environment) => readonly object[]): Promise<void> {
    await this.both((environment) => environment.apply(objectsFor(environment)));
  }
}

/** Asks to be injected, which has no effect where nobody listens. */
export const asking = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  [annotation.inject]: 'true',
  ...more,
});

/** `KEY<tab>VALUE` on each line, with the namespace by no name, since it is not the same. */
export function seenIn(environment: Environment, text: string): Seen {
  const lines = text.replaceAll(environment.namespace, 'NAMESPACE').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [key = '', ...value] = line.split('\t');
      return [key, value.join(' ')] as const;
    }),
  );
}
