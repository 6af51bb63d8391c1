package dev.bpfgauge.stress;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a load needs to know besides its profile.
 *
 * @param onlineCpus CPUs online: as many cpu workers are started
 * @param longest how long the load may be needed at most; stress-ng ends itself a little later,
 *     should everything else fail
 * @param folder where stress-ng's log is appended ({@code stress-ng.log}) and its figures written
 * @param stressNg the stress-ng program, by name (searched on PATH) or path
 */
public record Settings(int onlineCpus, Duration longest, Path folder, String stressNg) {

  public static Settings of(int onlineCpus, Duration longest, Path folder) {
    return new Settings(onlineCpus, longest, folder, "stress-ng");
  }
}
