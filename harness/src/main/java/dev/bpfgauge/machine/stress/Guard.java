package dev.bpfgauge.machine.stress;

import java.io.IOException;
import java.util.List;

/**
 * A shell beside the stressors that ends them when the harness is dead, however it died: it reads
 * from a pipe that nobody writes to and that the kernel closes with the harness.
 *
 * <p>A parent-death signal (prctl(2), PR_SET_PDEATHSIG) would not do: it reaches stress-ng alone,
 * whose workers then get SIGALRM, and one that is frozen or stopped never takes it.
 */
final class Guard implements AutoCloseable {
  /**
   * Arguments: the setting in the stressors' environment, the cgroup's folder or nothing. Ctrl-C
   * goes to the whole foreground group, and leaves the guard. It looks again for what was forked
   * meanwhile until nothing is left, ever more seldom and for less than a minute.
   */
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      read -r _
      for again in 0 1 2 3 4 5 6 7 8 9; do
        if [ -n "$2" ]; then
          [ -d "$2" ] || exit 0
          echo 1 > "$2/cgroup.kill" || kill -KILL $(cat "$2/cgroup.procs")
          [ ! -e "$2/freezer.state" ] || echo THAWED > "$2/freezer.state"
          rmdir "$2" && exit 0
        else
          left=no
          for process in /proc/[0-9]*; do
            tr '\\0' '\\n' < "$process/environ" | grep -qxF "$1" || continue
            kill -KILL "${process#/proc/}"
            left=yes
          done
          [ $left = yes ] || exit 0
        fi
        sleep $again.1
      done
      """;

  private final Process process;

  private Guard(Process process) {
    this.process = process;
  }

  /** Before the first stressor starts. */
  static Guard start(Containment containment) throws IOException {
    return new Guard(
        new ProcessBuilder(
                List.of(
                    "/bin/sh",
                    "-c",
                    SCRIPT,
                    "guard",
                    Containment.MARK + "=" + containment.name(),
                    containment.cgroupFolder()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** When no stressor is left. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
