package dev.bpfgauge.trend;

import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Hash;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A run in the history.
 *
 * @param id the run's id; two machines may give the same one
 * @param role {@link Role#NIGHT}, {@link Role#CANARY} or {@link Role#REPEAT}
 * @param startedAt wall clock
 * @param status how far it came
 * @param version of the harness that measured
 * @param fingerprint {@link RunInfo#fingerprintName()}: runs of another are never compared with
 *     this one
 * @param clock what figures count, see {@link RunInfo#clock()}
 * @param margin of equivalence as a share, stated before the run
 * @param digest changes with the run's files
 * @param folder where it was when it was read
 */
public record StoredRun(
    String id,
    Role role,
    Instant startedAt,
    RunInfo.Status status,
    String version,
    String fingerprint,
    String clock,
    double margin,
    String digest,
    String folder) {

  static StoredRun of(RunInfo info, Role role, String digest, String folder) {
    return new StoredRun(
        info.id(),
        role,
        // The store keeps milliseconds.
        info.startedAt().truncatedTo(ChronoUnit.MILLIS),
        info.status(),
        info.bpfgaugeVersion(),
        info.fingerprintName(),
        info.clock(),
        info.plan().margin(),
        digest,
        folder);
  }

  /** The same for every machine that writes to the store, however far the run has come. */
  public long key() {
    return key(id, startedAt, fingerprint, role);
  }

  static long key(String id, Instant startedAt, String fingerprint, Role role) {
    return Hash.of(id, startedAt.toString(), fingerprint, role.name()).asLong();
  }
}
