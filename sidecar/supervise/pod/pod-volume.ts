/** A volume as both containers are told of it: `data`, `wal:ro`. */
export interface PodVolume {
  readonly volume: string;
  readonly readOnly: boolean;
}
