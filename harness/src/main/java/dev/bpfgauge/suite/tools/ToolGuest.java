package dev.bpfgauge.suite.tools;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.suite.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Suite {@code tools} in a guest of the lab: a guest is one arm, booted with its tools. */
public final class ToolGuest implements AutoCloseable {
  /** Module null_blk's disk: a request is over at once, so that no time passes uncounted. */
  private static final Path NULL_DISK = Path.of("/dev/nullb0");

  private static final int MEASURE_MILLIS = 1_000;

  private final ToolArm tools;
  private final Path log;

  private ToolGuest(ToolArm tools, Path log) {
    this.tools = tools;
    this.log = log;
  }

  /** Programs of this machine that guests need, see the lab's wishes. */
  public static List<String> programs() {
    List<String> programs = new ArrayList<>(List.of("fio", "iperf3", "pair.c"));
    programs.addAll(ToolsSuite.peerPrograms());
    return programs;
  }

  /** The cells of all arms, without profile. */
  public static List<Cell> cells(List<String> tools) {
    return ToolsSuite.cells(ToolsSuite.OFF, ToolsSuite.loads(tools)).stream()
        .map(cell -> cell.on(""))
        .toList();
  }

  /** Whether an arm measures a cell: its tools trace that load, or it has none. */
  public static boolean measures(String label, Cell cell) {
    return ToolsSuite.measures(label, cell);
  }

  /** What an arm does, in words. */
  public static String description(String label) {
    return ToolsSuite.description(label, ToolSpec.names());
  }

  /**
   * Attaches an arm's tools.
   *
   * @param folder where loads put their files, and tools their complaints
   * @throws Held.UnavailableException where one of them does not start
   */
  public static ToolGuest enter(String label, Path folder)
      throws Held.UnavailableException, InterruptedException {
    try {
      Files.createDirectories(folder);
      if (Files.exists(NULL_DISK)) {
        Files.createSymbolicLink(TargetLoad.diskFile(folder), NULL_DISK);
      }
    } catch (IOException e) {
      throw new Held.UnavailableException(folder + " cannot be written: " + e.getMessage());
    }
    Path log = folder.resolve("log");
    return new ToolGuest(ToolArm.attach(label, ToolSpec.names(), 0, folder, log), log);
  }

  /** Measures a load for a second of the guest's clock. */
  public Outcome attempt(Cell cell) {
    if (cell.benchmark().endsWith(TargetLoad.DISK.word()) && !Files.exists(NULL_DISK)) {
      return new Outcome.Unavailable(
          KernelsAnswer.ABSENT.says(
                  "the kernel's module null_blk, which is kept when a kernel is fetched: kernels")
              + " fetch --again");
    }
    return tools.attempt(cell, Settings.of(0, MEASURE_MILLIS, 1, 0, log).countingInstructions());
  }

  @Override
  public void close() {
    tools.close();
  }
}
