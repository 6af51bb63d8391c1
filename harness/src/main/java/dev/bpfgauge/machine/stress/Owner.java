package dev.bpfgauge.machine.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The harness process that stressors belong to. Its text form goes into the cgroup's name and the
 * stressors' environment, so that a later harness can tell whether their owner is dead.
 *
 * @param pidNamespace inode of the pid namespace: a pid means nothing in another one
 * @param pid process id
 * @param startTicks the process's start time, against a pid used again
 */
record Owner(long pidNamespace, long pid, long startTicks) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})-(\\d{1,18})");

  static Owner self() {
    long pid = ProcessHandle.current().pid();
    long start = Proc.stat(pid).map(Proc.Stat::startTicks).orElse(0L);
    return new Owner(ownNamespace(), pid, start);
  }

  static Optional<Owner> parse(String text) {
    Matcher fields = TEXT.matcher(text);
    return fields.matches()
        ? Optional.of(
            new Owner(
                Long.parseLong(fields.group(1)),
                Long.parseLong(fields.group(2)),
                Long.parseLong(fields.group(3))))
        : Optional.empty();
  }

  /** Whether this is certainly dead; an owner in another pid namespace cannot be judged. */
  boolean isDead() {
    return pidNamespace == ownNamespace()
        && Proc.stat(pid).filter(stat -> stat.startTicks() == startTicks).isEmpty();
  }

  @Override
  public String toString() {
    return pidNamespace + "-" + pid + "-" + startTicks;
  }

  private static long ownNamespace() {
    try {
      String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return Long.parseLong(link.replaceAll("\\D", ""));
    } catch (IOException e) {
      return 0;
    }
  }
}
