/** Stands in the plugin where koffi does elsewhere: whoever comes here wants a sidecar of this machine. */
import { HavocError } from '../../core/havoc-error.js';

const koffi: never = refuse();

function refuse(): never {
  throw new HavocError(
    'sidecar.not-here',
    'the plugin of kubectl has no sidecar for this machine: it works with those of pods. Install the package havock8s with npm, on Linux, and call `havock8s`',
  );
}

// biome-ignore lint/style/noDefaultExport: what stands in for koffi is imported as koffi is
export default koffi;
