package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.host.AllowedCpus;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a load needs to know besides its profile.
 *
 * @param cpus those this process may use: as many cpu workers are started, and they are proven on
 *     these
 * @param longest how long the load may be needed at most; stress-ng ends itself a little later,
 *     should everything else fail
 * @param folder where stress-ng's log is appended ({@code stress-ng.log}) and its figures written
 * @param stressNg the stress-ng program, by name (searched on PATH) or path
 */
public record LoadSettings(AllowedCpus cpus, Duration longest, Path folder, String stressNg) {

  /** How many CPUs are loaded. */
  int cpuCount() {
    return cpus.cpus().size();
  }

  public static LoadSettings of(AllowedCpus cpus, Duration longest, Path folder) {
    return new LoadSettings(cpus, longest, folder, "stress-ng");
  }
}
