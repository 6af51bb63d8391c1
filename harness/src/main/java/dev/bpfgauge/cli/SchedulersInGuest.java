package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.lab.GuestCommand;
import dev.bpfgauge.lab.Wishes;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.Status;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.RunConditions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code mllb compare} in a guest: the same command there, whose run is kept here. */
final class SchedulersInGuest {
  private static final Wishes.Board BOARD = new Wishes.Board(4, 2, 2048, true);
  private static final String KERNEL = "--kernel";

  /** What Ctrl-C may take: the guest's end, and the report of what it had measured. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Path results;
  private final PrintWriter out;
  private final WaitOption wait;

  SchedulersInGuest(Path results, PrintWriter out, WaitOption wait) {
    this.results = results;
    this.out = out;
    this.wait = wait;
  }

  /** Puts files into the guest's folder before it is booted; returns what it is booted with. */
  private interface Packing {
    SortedMap<String, Path> into(Path folder) throws IOException;
  }

  /**
   * A new run.
   *
   * @param version of the kernel
   * @param options of the command, but for files and folders
   * @param networks name → text
   * @param commandLine as it was given here
   */
  int start(
      String version,
      List<String> options,
      SortedMap<String, String> networks,
      List<String> commandLine) {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(List.of("--model", GuestCommand.INPUTS + RunFolder.MODEL));
    arguments.add("--outcome-model");
    arguments.add(
        networks.containsKey(RunFolder.OUTCOME_MODEL)
            ? GuestCommand.INPUTS + RunFolder.OUTCOME_MODEL
            : "none");
    return carryOut(
        version,
        arguments,
        folder -> {
          SortedMap<String, Path> inputs = new TreeMap<>();
          for (String name : networks.keySet()) {
            inputs.put(name, Files.writeString(folder.resolve(name), networks.get(name)));
          }
          return inputs;
        },
        commandLine);
  }

  /**
   * Goes on with a run in another boot.
   *
   * @throws Refusal where its command line names no kernel
   */
  int resume(RunFolder run) {
    List<String> commandLine = run.readInfo().commandLine();
    return carryOut(
        kernel(run.id(), commandLine),
        List.of("--resume", run.id()),
        _ -> files(run.path()),
        commandLine);
  }

  private static String kernel(String run, List<String> commandLine) {
    int at = commandLine.indexOf(KERNEL);
    return at >= 0 && at + 1 < commandLine.size()
        ? commandLine.get(at + 1)
        : commandLine.stream()
            .filter(word -> word.startsWith(KERNEL + "="))
            .map(word -> word.substring(KERNEL.length() + 1))
            .findFirst()
            .orElseThrow(() -> Refusal.usage(run + " does not say its kernel: start a new run."));
  }

  private static SortedMap<String, Path> files(Path folder) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".html"))
          .forEach(file -> files.put(String.valueOf(file.getFileName()), file));
    }
    return files;
  }

  private int carryOut(
      String version, List<String> options, Packing packing, List<String> commandLine) {
    GuestCommand guest = Guests.on(version, BOARD, true, wait, out);
    try (Cancellation _ = new Cancellation(LONGEST)) {
      Files.createDirectories(results);
      Path folder = Files.createTempDirectory(results, ".guest");
      try {
        GuestCommand.Ended ended =
            Guests.carryOut(guest, arguments(guest, options), packing.into(folder), folder, out);
        int code = keep(folder, Status.PARTIAL, commandLine).orElse(Guests.code(ended));
        return code;
      } catch (InterruptedException e) {
        return keep(folder, Status.INTERRUPTED, commandLine).orElse(ExitCode.INTERRUPTED);
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw Refusal.environment(
          "cannot write to %s: %s; choose another place with --results."
              .formatted(results, e.getMessage()));
    }
  }

  private static List<String> arguments(GuestCommand guest, List<String> options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-D" + RunConditions.GUEST_PROPERTIES + RunInfo.CLOCK + "=emulated nanoseconds",
                "-D" + RunConditions.GUEST_PROPERTIES + "disk=" + Wishes.DISK,
                "-D"
                    + RunConditions.GUEST_PROPERTIES
                    + "emulator="
                    + guest.machine().get("emulator"),
                "mllb",
                "compare",
                "--results",
                GuestCommand.OUTPUTS));
    arguments.addAll(options);
    return arguments;
  }

  /** In the guest: a run that is to go on lies among what it was booted with. */
  static void unpack(Path run) {
    try {
      Files.createDirectories(run);
      for (Path file : files(Path.of(GuestCommand.INPUTS)).values()) {
        Files.copy(file, run.resolve(String.valueOf(file.getFileName())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the guest measured becomes a run of this machine's folder, with its report.
   *
   * @param unfinished what a run is that the guest did not end
   * @return the run's exit code; empty where there is none
   */
  private Optional<Integer> keep(Path folder, Status unfinished, List<String> commandLine)
      throws IOException {
    Optional<Path> run;
    try (Stream<Path> files = Files.list(folder)) {
      run = files.filter(file -> Files.exists(file.resolve(RunFolder.INFO))).findFirst();
    }
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Path kept = results.resolve(String.valueOf(run.get().getFileName()));
    if (length(run.get()) < length(kept)) {
      return Optional.empty(); // It died before it had brought back what it was booted with.
    }
    Files.createDirectories(kept);
    for (Path file : files(run.get()).values()) {
      move(file, kept);
    }
    for (Path file : files(folder).values()) {
      if (file.toString().endsWith(".log")) {
        move(file, kept);
      }
    }
    RunFolder whole = RunFolder.open(kept);
    whole.writeInfo(whole.readInfo().fromGuest(commandLine, unfinished));
    return Optional.of(new Runs(results, out, wait).show(whole));
  }

  private static long length(Path run) throws IOException {
    Path journal = run.resolve(RunFolder.JOURNAL);
    return Files.exists(journal) ? Files.size(journal) : 0;
  }

  private static void move(Path file, Path folder) throws IOException {
    Files.move(
        file,
        folder.resolve(String.valueOf(file.getFileName())),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
