package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.stress.Profile.Churn;
import dev.bpfgauge.machine.stress.Profile.CpuLoad;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * stress-ng's command line and output, versions 0.13 to 0.22 (each option looked up in the source
 * of 0.13.00, 0.13.12, 0.15.06, 0.17.06, 0.18.12 and 0.22.00).
 *
 * @param program its path
 * @param version e.g. {@code 0.15.06}
 */
record StressNg(Path program, String version) {
  private static final String INSTALL = "install it: apt install stress-ng";

  /**
   * How long a cpu worker is busy at a stretch. Measured on 2 quiet CPUs at 80 %, windows of 0.5 s:
   * 5 and 10 ms stay within 78 and 81 %; stress-ng's default of 64 operations stands at 83 to 84 %,
   * a random slice wanders from 78 to 93 %.
   */
  static final Duration SLICE = Duration.ofMillis(10);

  /** What one hdd worker writes before it begins anew. */
  private static final String HDD_BYTES = "128m";

  /** Bytes one vm worker fills; several fill side by side, which is what bounds the start. */
  private static final long BYTES_PER_VM_WORKER = 1L << 30;

  /**
   * One stressor's figures at the end of a run.
   *
   * @param bogoOps operations of all its workers
   * @param wallSeconds how long it ran
   */
  record Metric(String stressor, long bogoOps, double wallSeconds) {}

  /**
   * @param program name, searched on PATH, or path
   * @throws ProfileException where there is none or it does not start
   */
  static StressNg find(String program) {
    Path file =
        SearchPath.find(program)
            .orElseThrow(() -> new ProfileException("stress-ng is missing; " + INSTALL));
    return new StressNg(file, version(output(List.of(file.toString(), "--version"))));
  }

  static String version(String output) {
    Matcher version = Pattern.compile("stress-ng, version (\\d+\\.\\d+[.\\d]*)").matcher(output);
    if (!version.find()) {
      throw new ProfileException(
          "stress-ng does not say its version (%s); %s"
              .formatted(ProfileFile.quoted(output.strip()), INSTALL));
    }
    return version.group(1);
  }

  /** How many vm workers take those bytes. */
  static int vmWorkers(long bytes, int cpus) {
    return Math.clamp(bytes / BYTES_PER_VM_WORKER, 1, cpus);
  }

  /**
   * The command line, one argument an element; no shell sees it.
   *
   * @param vmBytes memory to take in all, 0 for none
   * @param churnedBytes memory to write again and again, 0 for none
   */
  List<String> command(
      Profile profile, LoadSettings settings, long vmBytes, long churnedBytes, Path yaml) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    // Names stay, and with them the environment behind them, by which strays are found.
    command.add("--keep-name");
    // Whoever is killed for memory stays dead and is missed, instead of being started again.
    command.add("--oomable");
    if (isAtLeast(0, 13, 5)) {
      command.add("--no-oom-adjust"); // ours, inherited by all, is the highest already
    }
    profile.cpu().ifPresent(cpu -> command.addAll(cpuArguments(cpu, settings.cpuCount())));
    if (vmBytes > 0) {
      command.addAll(vmArguments(vmBytes, settings.cpuCount()));
    }
    profile
        .churn()
        .ifPresent(
            churn -> command.addAll(churnArguments(churn, churnedBytes, settings.cpuCount())));
    command.addAll(
        List.of(
            "--timeout",
            // Whole seconds: stress-ng reads a fraction below one as 0, which is for ever.
            Long.toString(settings.longest().toSeconds() + 30),
            "--temp-path",
            settings.folder().toString(),
            "--metrics-brief",
            "--yaml",
            yaml.toString()));
    return command;
  }

  private static List<String> cpuArguments(CpuLoad cpu, int cpus) {
    return List.of(
        "--cpu",
        Integer.toString(cpus),
        "--cpu-load",
        Integer.toString(cpu.percent()),
        "--cpu-load-slice",
        Long.toString(SLICE.toMillis()),
        "--cpu-method",
        cpu.method());
  }

  /**
   * Memory written once, then kept by sleeping workers. --vm-bytes is what all workers take
   * together, whatever the manual says: the source divides it by their number. Huge pages only
   * shorten the filling.
   */
  private static List<String> vmArguments(long bytes, int cpus) {
    return List.of(
        "--vm",
        Integer.toString(vmWorkers(bytes, cpus)),
        "--vm-bytes",
        Long.toString(bytes),
        "--vm-method",
        "write64",
        "--vm-madvise",
        "hugepage",
        "--vm-keep",
        "--vm-hang",
        "0");
  }

  /** One worker of each kind a CPU; what a worker writes to files is bounded, on any disk. */
  private static List<String> churnArguments(Churn churn, long bytes, int cpus) {
    String each = Integer.toString(cpus);
    List<String> arguments = new ArrayList<>();
    if (bytes > 0) {
      arguments.addAll(List.of("--vm", each, "--vm-bytes", Long.toString(bytes)));
    }
    if (churn.files()) {
      arguments.addAll(List.of("--hdd", each, "--hdd-bytes", HDD_BYTES));
    }
    if (churn.sockets()) {
      arguments.addAll(List.of("--sock", each));
    }
    return arguments;
  }

  /**
   * The figures of a --yaml file; of a stressor that is named twice, both.
   *
   * @throws ProfileException where one is no number
   */
  static List<Metric> metrics(String yaml) {
    return Pattern.compile("(?m)^ *- stressor: ")
        .splitAsStream(yaml)
        .skip(1)
        .map(block ->
            new Metric(
                block.lines().findFirst().orElse("").strip(),
                (long) figure(block, "bogo-ops"),
                figure(block, "wall-clock-time")))
        .toList();
  }

  private static double figure(String block, String name) {
    Matcher line = Pattern.compile("(?m)^ *" + name + ": *(\\S+)").matcher(block);
    if (!line.find()) {
      return 0;
    }
    try {
      return Double.parseDouble(line.group(1));
    } catch (NumberFormatException e) {
      throw new ProfileException(
          "stress-ng's figures cannot be read: %s is %s"
              .formatted(name, ProfileFile.quoted(line.group(1))),
          e);
    }
  }

  private boolean isAtLeast(int... wanted) {
    String[] parts = version.split("\\.", -1);
    for (int i = 0; i < wanted.length; i++) {
      int part = i < parts.length && !parts[i].isEmpty() ? Integer.parseInt(parts[i]) : 0;
      if (part != wanted[i]) {
        return part > wanted[i];
      }
    }
    return true;
  }

  private static String output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var in = process.getInputStream()) {
        String text = new String(in.readNBytes(4096), StandardCharsets.UTF_8);
        process.waitFor(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
        return text;
      }
    } catch (IOException e) {
      throw new ProfileException(
          "%s does not start: %s; %s".formatted(command.getFirst(), e.getMessage(), INSTALL), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProfileException("interrupted while asking stress-ng for its version", e);
    }
  }
}
