/** The same pods twice, by the same names in two namespaces: one that is opted in, one that never heard of us. */
import { annotation } from '../../../core/keys.js';
import { Scene } from '../scene.js';

export interface TwinsOptions {
  readonly name: string;
  readonly volumesPerNode?: number;
}

/** What a container or the API server says, a line each. */
export type Seen = ReadonlyMap<string, string>;

export class Twins {
  private constructor(
    readonly injected: Scene,
    readonly bare: Scene,
  ) {}

  static async play(options: TwinsOptions, act: (twins: Twins) => Promise<void>): Promise<void> {
    await Scene.play({ ...options, name: `${options.name}-injected` }, (injected) =>
      Scene.play({ ...options, name: `${options.name}-bare`, injected: false }, (bare) =>
        act(new Twins(injected, bare)),
      ),
    );
  }

  async both<T>(act: (scene: Scene) => Promise<T>): Promise<{ readonly injected: T; readonly bare: T }> {
    const [injected, bare] = await Promise.all([act(this.injected), act(this.bare)]);
    return { injected, bare };
  }

  async apply(objectsFor: (scene: Scene) => readonly object[]): Promise<void> {
    await this.both((scene) => scene.apply(objectsFor(scene)));
  }
}

/** Asks to be injected, which has no effect where nobody listens. */
export const asking = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  [annotation.inject]: 'true',
  ...more,
});

/** `KEY<tab>VALUE` on each line, with the namespace by no name, since it is not the same. */
export function seenIn(scene: Scene, text: string): Seen {
  const lines = text.replaceAll(scene.namespace, 'NAMESPACE').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [key = '', ...value] = line.split('\t');
      return [key, value.join(' ')] as const;
    }),
  );
}
