package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.machine.stress.Profile.Churn;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * One running stress-ng with its workers, inside its containment from its first instruction.
 *
 * <p>It dies with the harness, by its {@link Guard}; and it is the first the OOM killer takes.
 */
final class Stressors implements AutoCloseable {
  /** Enters the cgroup, offers itself to the OOM killer, becomes the command. */
  private static final String ENTER =
      "[ -z \"$1\" ] || echo $$ > \"$1/cgroup.procs\" || exit 97; "
          + "echo 1000 > /proc/self/oom_score_adj; shift; exec \"$@\"";

  /** What the log's lines of our own begin with. */
  private static final String NOTE = "# ";

  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

  private final List<String> command;
  private final Containment containment;
  private final Guard guard;
  private final Path log;
  private final Path yaml;
  private final long memoryBytes;
  private final int workers;
  private final Process process;
  private boolean closed;

  private Stressors(
      List<String> command,
      Containment containment,
      Guard guard,
      Path log,
      Path yaml,
      long memoryBytes,
      int workers,
      Process process) {
    this.command = List.copyOf(command);
    this.containment = containment;
    this.guard = guard;
    this.log = log;
    this.yaml = yaml;
    this.memoryBytes = memoryBytes;
    this.workers = workers;
    this.process = process;
  }

  /**
   * Starts stress-ng; returns before its load is reached.
   *
   * @throws ProfileException where this machine cannot
   */
  static Stressors start(Profile profile, LoadSettings settings) {
    StressNg stressNg = StressNg.find(settings.stressNg());
    long memory = memoryBytes(profile);
    long churned = churnedBytes(profile);
    Containment containment = Containment.create(Owner.self());
    Path log = settings.folder().resolve("stress-ng.log");
    Path yaml = settings.folder().resolve("stress-ng-" + containment.name() + ".yaml");
    List<String> command = stressNg.command(profile, settings, memory, churned, yaml);
    Optional<Guard> guard = Optional.empty();
    try {
      note(log, containment, command);
      guard = Optional.of(Guard.start(containment));
      return new Stressors(
          command,
          containment,
          guard.get(),
          log,
          yaml,
          memory,
          (profile.cpu().isPresent() ? settings.cpuCount() : 0)
              + profile.churn().map(Churn::kinds).orElse(0) * settings.cpuCount()
              + (memory > 0 ? StressNg.vmWorkers(memory, settings.cpuCount()) : 0),
          processBuilder(command, containment, log).start());
    } catch (IOException e) {
      containment.end(KILL_LIMIT);
      guard.ifPresent(Guard::close);
      throw new ProfileException("stress-ng does not start: " + e.getMessage(), e);
    }
  }

  /**
   * The memory a profile's load has to take now, 0 for none.
   *
   * @throws ProfileException where there is no room for it
   */
  static long memoryBytes(Profile profile) {
    if (profile.memory().isEmpty()) {
      return 0;
    }
    try {
      return MemoryRoom.bytesToTake(
          profile.memory().get().usedPercent(),
          MemoryFigures.read(),
          Cgroups.read().memoryFreeBytes());
    } catch (IOException e) {
      throw new ProfileException("the memory in use cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The memory that workers write again and again, 0 for none.
   *
   * @throws ProfileException where there is no room for it
   */
  static long churnedBytes(Profile profile) {
    int percent = profile.churn().map(Churn::memoryPercent).orElse(0);
    if (percent == 0) {
      return 0;
    }
    try {
      return MemoryRoom.bytesOf(percent, MemoryFigures.read(), Cgroups.read().memoryFreeBytes());
    } catch (IOException e) {
      throw new ProfileException("the memory in use cannot be read: " + e.getMessage(), e);
    }
  }

  private static void note(Path log, Containment containment, List<String> command)
      throws IOException {
    Files.writeString(
        log,
        (NOTE + "%s, containment: %s%n")
            .formatted(String.join(" ", command), containment.describe()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static ProcessBuilder processBuilder(
      List<String> command, Containment containment, Path log) {
    List<String> wrapped =
        new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "stressors", containment.cgroupFolder()));
    wrapped.addAll(command);
    var builder = new ProcessBuilder(wrapped);
    builder.environment().put(Containment.MARK, containment.name());
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder;
  }

  List<String> command() {
    return command;
  }

  Containment containment() {
    return containment;
  }

  /** Memory to be taken, 0 for none. */
  long memoryBytes() {
    return memoryBytes;
  }

  /** Fewest processes of the complete load: stress-ng itself and its workers. */
  int leastProcesses() {
    return workers + 1;
  }

  /** Exit code, empty while it runs. */
  OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** What stress-ng said last, for a reason in words; its bytes may be of any encoding. */
  String lastLogLine() {
    try {
      String last =
          ForeignText.read(log)
              .lines()
              .filter(line -> !line.isBlank())
              .reduce((_, second) -> second)
              .orElse("");
      return last.startsWith(NOTE) ? "it said nothing" : last.strip();
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  /**
   * Asks stress-ng to end and to write its figures; kills what is left.
   *
   * @return the figures, empty where it did not write them in time
   */
  synchronized List<StressNg.Metric> finish() throws InterruptedException {
    if (closed) {
      return List.of();
    }
    process.destroy();
    process.waitFor(8, TimeUnit.SECONDS);
    Optional<String> figures = figures();
    close();
    return figures.map(StressNg::metrics).orElse(List.of());
  }

  private Optional<String> figures() {
    try {
      return Optional.of(ForeignText.read(yaml));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    process.destroyForcibly(); // by pid as well: it may not have entered its cgroup yet
    process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
    containment.end(KILL_LIMIT);
    guard.close();
    closed = true;
    try {
      Files.deleteIfExists(yaml);
    } catch (IOException e) {
      System.getLogger(Stressors.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", yaml, e.getMessage());
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s (%s)", String.join(" ", command), containment.describe());
  }
}
