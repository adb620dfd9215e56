/** One socket of a connection: the client's, or the one that leads on to the server. */

export class ProxySocket {
  /** May recv(2) have something? Edge-triggered: true until it said that there is nothing. */
  isReadable = false;
  isWritable = true;
  /** Its peer has ended or reset it: what is still to be read must be read to the end. */
  hasEnded = false;
  /** It was reset, or its peer is not to be reached any more. */
  hasFailed = false;
  hasUrgent = false;
  /** What reads what comes from here, and what writes what goes here. */
  reader: Runnable | null = null;
  writer: Runnable | null = null;

  /** Hears of events while the connection does not flow yet. */
  opening: Opening | null = null;

  constructor(readonly fd: number) {}
}

/** A connection whose server has not answered yet. */
export interface Opening {
  note(socket: ProxySocket, events: number): void;
}

/** Something that goes on when its socket is readable or writable again. */
export interface Runnable {
  run(): void;
  isScheduled: boolean;
}
