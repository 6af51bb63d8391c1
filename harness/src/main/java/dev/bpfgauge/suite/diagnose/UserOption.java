package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --uid}, where a module can be limited to a user. */
final class UserOption {
  private static final long MOST = 0xffff_ffffL;

  @Option(
      names = {"-u", "--uid"},
      paramLabel = "UID",
      description = "Only of this user.")
  private @Nullable Long uid;

  /**
   * -1 for all users.
   *
   * @throws Refusal where it is no user's number
   */
  long orAll() {
    if (uid == null) {
      return -1;
    }
    if (uid < 0 || uid > MOST) {
      throw Refusal.option("--uid wants a user's number, e.g. that of `id -u`, not " + uid + ".");
    }
    return uid;
  }
}
