package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.suite.diagnose.QuotaGroups.Stops;
import dev.bpfgauge.suite.tools.LimitedGroup;
import dev.bpfgauge.suite.tools.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process of one thread that would run all the time, in a control group of its own that may use a
 * tenth of a CPU: what the kernel says of the group is what the thread waited.
 */
final class ThrottledProcess implements AutoCloseable {
  private static final Duration QUOTA = Duration.ofMillis(10);
  private static final Duration PERIOD = Duration.ofMillis(100);

  /** Whoever ends without ending it: it ends by itself after two seconds of CPU time. */
  private static final String SPIN = "ulimit -t 2; while :; do :; done";

  private final LimitedGroup group;
  private final Process process;

  private ThrottledProcess(LimitedGroup group, Process process) {
    this.group = group;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @throws Refusal where there can be no such group
   */
  static ThrottledProcess start() {
    LimitedGroup group = LimitedGroup.make(QUOTA, PERIOD);
    try {
      return new ThrottledProcess(
          group,
          new ProcessBuilder(group.inside(Shell.of(SPIN)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      group.close();
      throw new UncheckedIOException(e);
    }
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /** The group's path, as a module shows it. */
  String group() {
    return "/" + LimitedGroup.root().relativize(group.folder());
  }

  /** What the kernel says of its group, which has been there for nothing else. */
  Stops stops() {
    try {
      return Stops.parse(ForeignText.read(group.folder().resolve("cpu.stat")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until its group was stopped so many times, or it has ended by itself. */
  void awaitStops(int times) throws InterruptedException {
    while (process.isAlive() && stops().stopped() < times) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Ends it, for which it has to run once more; what the kernel says of its group then. */
  Stops end() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    return stops();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    group.close();
  }
}
