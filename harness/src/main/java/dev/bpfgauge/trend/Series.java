package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.os.Hash;

/**
 * What one history is of.
 *
 * @param cell the cell, on the profile that the night measures
 * @param role what its points are for
 * @param delayNanos delay put into each operation on purpose, in the fingerprint's clock; 0 but for
 *     {@link Role#SLOWED}
 * @param fingerprint the machine's, as {@link StoredRun#fingerprint()}
 */
public record Series(Cell cell, Role role, long delayNanos, String fingerprint) {

  /** The same for every machine that writes to the store. */
  long key() {
    return Hash.of(cell.suite(), cell.id(), role.name(), Long.toString(delayNanos), fingerprint)
        .asLong();
  }

  Series in(Role other) {
    return new Series(cell, other, 0, fingerprint);
  }
}
