package dev.bpfgauge.os;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the system had no more of. Whatever then cannot be opened or started looks as if it were
 * missing or forbidden, and is not.
 */
public final class Exhaustion {
  /** strerror(3) of EMFILE, ENFILE, EAGAIN and ENOMEM, as exceptions of the JDK quote it. */
  private static final Map<String, String> FIXES =
      Map.of(
          "Too many open files in system",
          "the system has too many open files: raise fs.file-max",
          "Too many open files",
          "too many open files: raise the limit, e.g. `ulimit -n 1024`",
          "Resource temporarily unavailable",
          "no further process is allowed: raise `ulimit -u`, or pids.max of this control group",
          "unable to create native thread",
          "no further thread is allowed: raise `ulimit -u`, or pids.max of this control group",
          "Cannot allocate memory",
          "no memory is left for it: end other programs, or see vm.overcommit_memory");

  private static final List<String> REASONS =
      FIXES.keySet().stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();

  private Exhaustion() {}

  /** What ran out and the fix, where that is why something was thrown. */
  public static Optional<String> of(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage());
      Optional<String> reason = REASONS.stream().filter(message::contains).findFirst();
      if (reason.isPresent()) {
        return reason.map(FIXES::get);
      }
    }
    return Optional.empty();
  }
}
