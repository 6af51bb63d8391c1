package dev.bpfgauge.lab;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.run.LoadedState;
import dev.bpfgauge.run.LoadedState.Judged;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.tools.ToolGuest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The program inside a guest: measures the task's cells one after the other in this one JVM, since
 * starting another takes seconds under emulation, and sends each result at once.
 */
public final class GuestMain {
  /**
   * The cells to measure, as {@link GuestTask#ranges}; the kernel hands a parameter it does not
   * know to init as a variable.
   */
  static final String CELLS = "BPFGAUGE_CELLS";

  /** The profile whose state the guest is brought into; none where it is not there. */
  static final String PROFILE = "BPFGAUGE_PROFILE";

  /** The arm of suite tools that the guest is; none where it is not there. */
  static final String TOOLS = "BPFGAUGE_TOOLS";

  /** The delay of each operation on a map, in the clock's unit; none where it is not there. */
  static final String DELAY = "BPFGAUGE_DELAY";

  /** The version of the objects that suite prog measures; none where it is not there. */
  static final String VERSION = "BPFGAUGE_VERSION";

  /**
   * What the guest has to be, see {@link GuestBoard#text}. The last in the order of names: where
   * the kernel takes no command line this long, it is this that is missing.
   */
  static final String WANTED = "BPFGAUGE_WANTED";

  private static final Path ROOT = Path.of("/");

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
  public static void main(String[] args) throws IOException, InterruptedException {
    GuestTask task = GuestTask.ofText(Files.readString(Path.of(args[0])));
    new GuestMain(Path.of(args[1]), task).run();
  }

  private void run() throws IOException, InterruptedException {
    Path kernel = Path.of("/proc/sys/kernel");
    say(
        GuestMessage.of(
            GuestMessage.HELLO,
            0,
            ForeignText.read(kernel.resolve("osrelease")).strip()
                + " "
                + ForeignText.read(kernel.resolve("version")).strip()));
    String profile = System.getenv().getOrDefault(PROFILE, "");
    String tools = System.getenv().getOrDefault(TOOLS, "");
    Optional<String> different = different(System.getenv().getOrDefault(WANTED, ""));
    if (different.isPresent()) {
      unavailable(different.get());
    } else if (!tools.isEmpty()) {
      watched(tools);
    } else if (profile.isEmpty()) {
      rows((cell, settings) -> LoadedState.judged(cell, attempt(cell, settings), List.of()));
    } else {
      loaded(profile);
    }
    say(GuestMessage.of(GuestMessage.BYE, 0, libbpf()));
  }

  /** Asked for at the end: binding libbpf's functions takes longer than the first cell. */
  private static String libbpf() {
    return LibBpf.unavailable().isEmpty() ? LibBpf.libbpf_version_string() : "none";
  }

  private void watched(String tools) throws IOException, InterruptedException {
    try (ToolGuest guest = ToolGuest.enter(tools, Path.of("/tmp/tools"))) {
      rows((cell, _) -> LoadedState.judged(cell, guest.attempt(cell), List.of()));
    } catch (Held.UnavailableException e) {
      unavailable(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> different(String wanted) {
    return GuestBoard.ofText(wanted)
        .map(asked -> GuestBoard.read(Roots.SYSTEM).difference(asked))
        .orElse(
            Optional.of(
                "this guest's kernel was not told all: its command line is longer than it takes;"
                    + " shorten --append"));
  }

  private void unavailable(String reason) throws IOException, InterruptedException {
    Outcome outcome = new Outcome.Unavailable(reason);
    rows((cell, _) -> LoadedState.judged(cell, outcome, List.of()));
  }

  private void loaded(String profile) throws IOException, InterruptedException {
    try (LoadedState state = LoadedState.enter(profile, ROOT)) {
      rows((cell, settings) -> state.measure(cell, () -> attempt(cell, settings)));
    } catch (LoadedState.UnavailableException e) {
      unavailable(String.valueOf(e.getMessage()));
    }
  }

  /** What a cell gives. */
  private interface Measuring {
    Judged measure(Cell cell, Settings settings) throws InterruptedException;
  }

  private void rows(Measuring measuring) throws IOException, InterruptedException {
    Settings plain =
        Settings.of(
                mode.warmupMillis(),
                mode.measureMillis(),
                mode.iterations(),
                task.seed(),
                Path.of("/dev/console"))
            .delayed(Long.parseLong(System.getenv().getOrDefault(DELAY, "0")));
    Settings settings = mode == GuestMode.TIME ? plain : plain.countingInstructions();
    String wanted = System.getenv().getOrDefault(CELLS, "");
    String version = System.getenv().getOrDefault(VERSION, "");
    for (int i : wanted.isEmpty() ? List.<Integer>of() : GuestTask.inRanges(wanted)) {
      say(GuestMessage.of(GuestMessage.BEGIN, i, ""));
      Judged row = measuring.measure(task.cells().get(i).on(version), settings);
      say(
          new GuestMessage(
              GuestMessage.ROW, i, row.status(), row.reason(), row.measurement(), row.load()));
    }
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
    return Suite.of(cell.suite()).meter().attempt(cell, settings);
  }

  /** With the JIT compiler switched off meanwhile. */
  private static Outcome interpreted(Cell cell, Settings settings) {
    if (!jit("0")) {
      return new Outcome.Unavailable(
          KernelsAnswer.ABSENT.says(
                  "this kernel has no interpreter: net.core.bpf_jit_enable does not take 0")
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

  /**
   * Sends a message, and waits until it is out: opened each time, because the close of a serial
   * line waits, and a line that is busy would be counted as the next cell's instructions.
   */
  private void say(GuestMessage message) throws IOException {
    try (FileOutputStream out = new FileOutputStream(channel.toFile())) {
      out.write(Frames.encode(MessageText.of(message)));
    }
  }
}
