package dev.bpfgauge.lab;

import dev.bpfgauge.bench.Outcome;
import dev.bpfgauge.bench.Settings;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.Json;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.run.Suites;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The program inside a guest: measures the task's cells one after the other in this one JVM, since
 * starting another takes seconds under emulation, and sends each result at once.
 */
public final class GuestMain {
  /**
   * Number of the first cell to measure; the kernel hands a parameter it does not know to init as a
   * variable.
   */
  static final String FROM = "BPFGAUGE_FROM";

  /** The guest is ours, so its JIT compiler may be switched off. */
  private static final Path JIT = Path.of("/proc/sys/net/core/bpf_jit_enable");

  private final Path channel;
  private final GuestTask task;
  private final GuestMode mode;

  private GuestMain(Path channel, GuestTask task) {
    this.channel = channel;
    this.task = task;
    this.mode = GuestMode.ofWord(task.mode());
  }

  /** Takes the task's file and the serial line that results go to. */
  public static void main(String[] args) throws IOException {
    GuestTask task = Json.parse(Files.readString(Path.of(args[0])), GuestTask.class, args[0]);
    new GuestMain(Path.of(args[1]), task).run();
  }

  private void run() throws IOException {
    Path kernel = Path.of("/proc/sys/kernel");
    say(
        GuestMessage.HELLO,
        0,
        "",
        Files.readString(kernel.resolve("osrelease")).strip()
            + " "
            + Files.readString(kernel.resolve("version")).strip(),
        null);
    Settings settings =
        Settings.of(
            mode.warmupMillis(),
            mode.measureMillis(),
            mode.iterations(),
            task.seed(),
            Path.of("/dev/console"));
    int from = Integer.parseInt(System.getenv().getOrDefault(FROM, "0"));
    for (int i = from; i < task.cells().size(); i++) {
      say(GuestMessage.BEGIN, i, "", "", null);
      row(i, attempt(task.cells().get(i), settings));
    }
    say(GuestMessage.BYE, 0, "", "", null);
  }

  private static Outcome attempt(Cell cell, Settings settings) {
    try {
      return cell.param("engine").equals("interpreter")
          ? interpreted(cell, settings)
          : measured(cell, settings);
    } catch (RuntimeException | LinkageError e) {
      return new Outcome.Failed(e.toString());
    }
  }

  private static Outcome measured(Cell cell, Settings settings) {
    return Suites.inThisProcess(cell.suite()).attempt(cell, settings);
  }

  /** With the JIT compiler switched off meanwhile. */
  private static Outcome interpreted(Cell cell, Settings settings) {
    if (!jit("0")) {
      return new Outcome.Unavailable(
          "absent: this kernel has no interpreter: net.core.bpf_jit_enable does not take 0"
              + " (CONFIG_BPF_JIT_ALWAYS_ON=y)");
    }
    try {
      return measured(cell, settings);
    } finally {
      jit("1");
    }
  }

  /** Whether the kernel took the setting. */
  private static boolean jit(String enable) {
    try {
      Files.writeString(JIT, enable);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void row(int index, Outcome outcome) throws IOException {
    switch (outcome) {
      case Outcome.Measured(Measurement m, String _) ->
          say(GuestMessage.ROW, index, "measured", "", m);
      case Outcome.Refused(String reason) -> say(GuestMessage.ROW, index, "refused", reason, null);
      case Outcome.Unavailable(String reason) ->
          say(GuestMessage.ROW, index, "unavailable", reason, null);
      case Outcome.Failed(String reason) -> say(GuestMessage.ROW, index, "failed", reason, null);
    }
  }

  /**
   * Sends a message, and waits until it is out: opened each time, because the close of a serial
   * line waits, and a line that is busy would be counted as the next cell's instructions.
   */
  private void say(
      String kind, int index, String end, String text, @Nullable Measurement measurement)
      throws IOException {
    String message = Json.line(new GuestMessage(kind, index, end, text, measurement));
    try (FileOutputStream out = new FileOutputStream(channel.toFile())) {
      out.write(Frames.encode(message));
    }
  }
}
