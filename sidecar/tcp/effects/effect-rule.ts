/** What the TCP proxy has to know of an effect. One entry of `effectRules` is all of it. */
import type { TcpEffect, Trigger } from '../../../faults/fault.js';
import type { ConnectionFault, FaultBy } from '../connection/connection-fault.js';

export type EffectRule<E extends TcpEffect> = FlowRule<E> | OpeningRule<E> | PacketRule<E>;

/** Of an effect on the bytes and ends of connections that are open. */
export interface FlowRule<E extends TcpEffect> {
  readonly on: 'flow';
  /** Puts a fault that hits where it acts in the passage of bytes. */
  join(stages: FlowStages, fault: ConnectionFault<E>): void;
  /** Null: it ends no connection. */
  readonly ending: Ending<E> | null;
}

/** Of an effect on connections that are being opened, and on no other. */
export interface OpeningRule<E extends TcpEffect> extends KernelRule<E> {
  readonly on: 'opening';
}

/** Of an effect that the kernel alone applies, packet by packet. */
export interface PacketRule<E extends TcpEffect> extends KernelRule<E> {
  readonly on: 'packets';
  /** What a port can have that is forwarded, whose packets nobody intercepts. */
  readonly instead: string;
}

export interface KernelRule<E extends TcpEffect> {
  /** What nft does to a packet that is hit. */
  readonly statement: 'drop' | 'reject with tcp reset';
  /** Can the kernel decide alone which ones are hit? */
  isForKernel(trigger: Trigger): boolean;
  /** With which probability, 0 to 1. */
  chanceOf(effect: E, trigger: Trigger): number;
}

export interface Ending<E extends TcpEffect> {
  /** How much passes before; Infinity: it is no matter of bytes. */
  quotaOf(effect: E): number;
  /** So long after the connection met the fault; null: it is no matter of time. */
  lifeMsOf(effect: E): number | null;
  /** By a reset; in order, once what was read is delivered; or in order, and what is held is lost. */
  readonly how: 'reset' | 'delivered' | 'cut off';
}

/** The faults that hit one flow, by where they act, in the order of the passage. */
export interface FlowStages {
  readonly holds: FaultBy<'blackhole'>[];
  readonly quotas: ConnectionFault[];
  readonly flips: FaultBy<'corrupt'>[];
  readonly latencies: FaultBy<'latency'>[];
  readonly slices: FaultBy<'slice'>[];
  readonly bandwidths: FaultBy<'bandwidth'>[];
  readonly slowCloses: FaultBy<'slow-close'>[];
}
