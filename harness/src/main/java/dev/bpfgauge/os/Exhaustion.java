package dev.bpfgauge.os;

import dev.bpfgauge.os.StrError.Errno;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the system had no more of. Whatever then cannot be opened or started looks as if it were
 * missing or forbidden, and is not.
 */
public final class Exhaustion {
  /** By what exceptions of the JDK quote: {@link StrError}, and the JVM's own words. */
  private static final Map<String, String> FIXES =
      Map.of(
          Errno.ENFILE.words(),
          "the system has too many open files: raise fs.file-max",
          Errno.EMFILE.words(),
          "too many open files: raise the limit, e.g. `ulimit -n 1024`",
          Errno.EAGAIN.words(),
          "no further process is allowed: raise `ulimit -u`, or pids.max of this control group",
          "unable to create native thread",
          "no further thread is allowed: raise `ulimit -u`, or pids.max of this control group",
          Errno.ENOMEM.words(),
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
