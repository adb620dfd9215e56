/** Where a work is measured: servers of one sort, all on the same core. */
import type { Place as PlaceOf } from '../work.js';
import type { CertificateFiles } from './certificate.js';
import type { Cores } from './cores.js';
import type { ReviewServer } from './review-server.js';
import type { Subject } from './subject.js';

export interface Place extends PlaceOf<Subject> {
  /** Runs as long as the bench. */
  readonly server: ReviewServer;
  readonly cores: Cores;
  readonly certificate: CertificateFiles;
}
