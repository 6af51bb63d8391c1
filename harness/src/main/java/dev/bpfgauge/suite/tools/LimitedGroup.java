package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A control group with a CPU quota, made for a trial, of version 2 or of version 1. */
public final class LimitedGroup implements AutoCloseable {
  private static final int TRIES = 200;
  private static final long BETWEEN_TRIES_NANOS = 10_000_000;
  private static final String ENABLED = "cgroup.subtree_control";
  private static final String ENTER = "echo 0 > \"$1\" && shift && exec \"$@\"";

  private final Path folder;

  /** Whether the controller is on for it alone. */
  private boolean enabled;

  private LimitedGroup(Path folder) {
    this.folder = folder;
  }

  /**
   * Where the groups that may have quotas are mounted: version 1 where its controller is.
   *
   * @throws Refusal where none are
   */
  public static Path root() {
    try {
      List<String[]> mounts =
          ForeignText.readLines(Path.of("/proc/self/mounts")).stream()
              .map(line -> line.split(" ", -1))
              .filter(fields -> fields.length > 3)
              .toList();
      return mounts.stream()
          .filter(fields -> fields[2].equals("cgroup"))
          .filter(fields -> List.of(fields[3].split(",", -1)).contains("cpu"))
          .flatMap(fields -> ForeignText.mountPath(fields[1]).stream())
          .findFirst()
          .or(() -> unified(mounts))
          .orElseThrow(() ->
              Refusal.environment(
                  "no control groups with a CPU controller are mounted: mount -t cgroup2 cgroup2"
                      + " /sys/fs/cgroup"));
    } catch (IOException e) {
      throw Refusal.environment("the mounts cannot be read: " + e.getMessage());
    }
  }

  private static Optional<Path> unified(List<String[]> mounts) {
    return mounts.stream()
        .filter(fields -> fields[2].equals("cgroup2"))
        .flatMap(fields -> ForeignText.mountPath(fields[1]).stream())
        .filter(root -> has(root.resolve("cgroup.controllers"), "cpu"))
        .findFirst();
  }

  private static boolean has(Path list, String word) {
    try {
      return List.of(ForeignText.read(list).strip().split(" ", -1)).contains(word);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes it.
   *
   * @param quota CPU time in each period
   * @throws Refusal where it cannot be made
   */
  public static LimitedGroup make(Duration quota, Duration period) {
    Path root = root();
    LimitedGroup made =
        new LimitedGroup(
            root.resolve(
                "bpfgauge-quota-%d-%d"
                    .formatted(ProcessHandle.current().pid(), Thread.currentThread().threadId())));
    try {
      made.enable();
      Files.createDirectory(made.folder);
      made.limit(TimeUnit.MICROSECONDS.convert(quota), TimeUnit.MICROSECONDS.convert(period));
      return made;
    } catch (IOException e) {
      made.close();
      throw Refusal.environment(
          "no control group with a CPU quota can be made below %s: %s".formatted(root, e));
    }
  }

  /** In version 2 the group above says which controllers those below it have. */
  private void enable() throws IOException {
    Path controllers = folder.resolveSibling(ENABLED);
    if (Files.exists(controllers) && !has(controllers, "cpu")) {
      Files.writeString(controllers, "+cpu");
      enabled = true;
    }
  }

  private void limit(long quotaMicros, long periodMicros) throws IOException {
    Path both = folder.resolve("cpu.max");
    if (Files.exists(both)) {
      Files.writeString(both, quotaMicros + " " + periodMicros);
    } else {
      Files.writeString(folder.resolve("cpu.cfs_period_us"), Long.toString(periodMicros));
      Files.writeString(folder.resolve("cpu.cfs_quota_us"), Long.toString(quotaMicros));
    }
  }

  /** Its folder. */
  public Path folder() {
    return folder;
  }

  /** A command that begins in it. */
  public List<String> inside(List<String> command) {
    List<String> all = new ArrayList<>(Shell.of(ENTER, folder.resolve("cgroup.procs").toString()));
    all.addAll(command);
    return all;
  }

  /** Removes it, as soon as nobody is in it. */
  @Override
  public void close() {
    for (int i = 0; i < TRIES && Files.exists(folder); i++) {
      try {
        Files.delete(folder);
      } catch (IOException e) {
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS); // Who was killed is there for a moment.
      }
    }
    if (enabled) {
      try {
        Files.writeString(folder.resolveSibling(ENABLED), "-cpu");
      } catch (IOException e) {
        // Somebody else has come to need it.
      }
    }
  }
}
