package dev.bpfgauge.trend;

/** What a point of a history is for. */
public enum Role {
  /** The night's own figure: the only ones that make a baseline. */
  NIGHT,
  /** The same once more in the same run: what it calls a change is a false alarm. */
  AGAIN,
  /** The same with a known delay: what it does not call a change was missed. */
  SLOWED,
  /** Measured by a frozen, older program: what changes here is the machine. */
  CANARY,
  /** Another run to confirm a change. */
  REPEAT
}
