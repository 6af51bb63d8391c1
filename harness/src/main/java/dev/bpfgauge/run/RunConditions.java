package dev.bpfgauge.run;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Capabilities;
import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.Suite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a run needs of the machine, what it found there, and whether that stayed. */
public final class RunConditions {
  /** Before what a guest is told of itself. */
  public static final String GUEST_PROPERTIES = "bpfgauge.guest.";

  /** The wall clock may drift so far from the monotonic one before that is called a jump. */
  private static final Duration CLOCK_JUMP = Duration.ofSeconds(1);

  private RunConditions() {}

  /** What a guest was told of itself; empty on a machine that is none. */
  static String ofGuest(String key) {
    return System.getProperty(GUEST_PROPERTIES + key, "");
  }

  /**
   * What this machine can.
   *
   * @throws Refusal where it has no BPF and one of the suites needs it
   */
  static List<Capability> capabilities(List<String> suites) {
    List<Capability> capabilities = Capabilities.probe();
    boolean maps =
        capabilities.stream().anyMatch(c -> c.name().startsWith("bpf.map.") && c.isSupported());
    boolean needed =
        suites.stream().anyMatch(suite -> Suite.named(suite).filter(Suite::needsBpf).isPresent());
    if (needed && !maps) {
      throw Refusal.environment(
          capabilities.stream()
              .filter(c -> !c.isSupported() && c.name().contains("bpf"))
              .findFirst()
              .map(c -> c.detail() + (c.fix().isEmpty() ? "" : "; " + c.fix()))
              .orElse("no BPF map can be created here; doctor says more"));
    }
    return capabilities;
  }

  /** In a guest of the lab also what it runs in, of which it knows nothing itself. */
  static SortedMap<String, String> fingerprint(Plan plan, RunFolder folder) {
    SortedMap<String, String> print = new TreeMap<>(Fingerprint.read(Roots.SYSTEM));
    for (String suite : plan.info().suites()) {
      Suite.named(suite).ifPresent(it -> print.putAll(it.fingerprint(folder.path())));
    }
    if (plan.forks().stream().anyMatch(RunConditions::isOfTurns)) {
      print.put(FingerprintPart.FIGURE.word(), FingerprintPart.MEDIAN_OF_TURNS);
    }
    for (String key : List.of(RunInfo.CLOCK, "emulator")) {
      String value = ofGuest(key);
      if (!value.isEmpty()) {
        print.put(key, value);
      }
    }
    return print;
  }

  static boolean isInGuest() {
    return !ofGuest(RunInfo.CLOCK).isEmpty();
  }

  /** Whether its figure is a median of turns: in a shared process, or its suite's meter's own. */
  private static boolean isOfTurns(PlannedFork fork) {
    return fork.process() != null
        || Suite.named(fork.cell().suite())
            .filter(suite -> suite.inTurns().isEmpty())
            .filter(suite -> suite.extras().stream().anyMatch(x -> x.isNamed(Measurement.TURNS)))
            .isPresent();
  }

  /**
   * Refuses to go on where things are not as they were.
   *
   * @param then the run's fingerprint
   * @throws Refusal that names what differs
   */
  public static void requireSame(
      RunFolder folder, Map<String, String> then, Map<String, String> now) {
    String differing =
        FingerprintDifference.between(now, then).stream()
            .map(FingerprintDifference::words)
            .collect(Collectors.joining("; "));
    if (!differing.isEmpty()) {
      throw Refusal.environment(
          "cannot resume "
              + folder.id()
              + " here, its forks would not be comparable: "
              + differing
              + ". Start a new run.");
    }
  }

  /** Notes what is no longer as it was when the run began. */
  static void noteChanges(
      Plan plan, RunFolder folder, RunInfo started, RunRecorder.Recording recording) {
    Duration drift = recording.clock().wallDrift();
    if (drift.abs().compareTo(CLOCK_JUMP) > 0) {
      recording
          .listener()
          .note(
              "the wall clock jumped by "
                  + drift.toMillis()
                  + " ms during the run; all durations come from the monotonic clock");
    }
    FingerprintDifference.between(fingerprint(plan, folder), started.fingerprint())
        .forEach(changed ->
            recording
                .listener()
                .note(
                    "changed while the run went on: "
                        + changed.words()
                        + "; forks from before and after are not alike"));
  }
}
