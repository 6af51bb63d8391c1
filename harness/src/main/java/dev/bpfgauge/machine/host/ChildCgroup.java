package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.StrError.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cgroup below this process's own, in the v2 hierarchy or v1's freezer, or why there is none. It
 * is made and entered for a trial, because neither rights nor mount options tell all: below a
 * cgroup that is threaded one can be made and not be entered (cgroups(7)).
 */
public sealed interface ChildCgroup {
  /** What the folders' names begin with. */
  String PREFIX = "bpfgauge-";

  /** How the name of a cgroup begins that is made only to see whether it can be. */
  String TRIAL = "probe-";

  /**
   * It is there and empty.
   *
   * @param folder whose {@code cgroup.procs} takes processes
   */
  record Made(Path folder) implements ChildCgroup {}

  /**
   * There is none.
   *
   * @param reason a clause, without full stop
   * @param fix what would help
   */
  record Refused(String reason, String fix) implements ChildCgroup {}

  /** No such hierarchy is mounted. */
  record Absent(String reason, String fix) implements ChildCgroup {}

  /** Enters, where the cgroup is one. */
  String ENTER = "[ -e \"$1/cgroup.procs\" ] && echo 0 > \"$1/cgroup.procs\"";

  /**
   * Makes it.
   *
   * @param name after {@link #PREFIX}
   */
  static ChildCgroup make(String name) {
    return make(name, Roots.SYSTEM);
  }

  static ChildCgroup make(String name, Roots roots) {
    Optional<Path> own;
    try {
      own = Cgroups.read(roots).unified();
    } catch (IOException e) {
      return new Absent("this kernel has no cgroups (" + e.getMessage() + ")", "");
    }
    return own.map(folder -> make(folder, name))
        .orElse(
            new Absent(
                "no cgroup v2 hierarchy is mounted",
                "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup, where nothing is mounted, or"
                    + " another folder"));
  }

  /** Makes one in the freezer hierarchy of version 1 (freezer-subsystem.rst). */
  static ChildCgroup makeFreezer(String name) {
    Optional<Path> own;
    try {
      own = Cgroups.read().freezerV1();
    } catch (IOException e) {
      own = Optional.empty();
    }
    return own.map(folder -> make(folder, name))
        .orElse(new Absent("no freezer hierarchy is mounted", ""));
  }

  private static ChildCgroup make(Path own, String name) {
    Path folder = own.resolve(PREFIX + name);
    try {
      if (name.startsWith(TRIAL)) {
        Files.deleteIfExists(folder); // Of a process with this number that was killed.
      }
      Files.createDirectory(folder);
      Optional<String> refused = entering(folder);
      if (refused.isEmpty()) {
        return new Made(folder);
      }
      Refused why = notEntered(own, folder, refused.get());
      Files.delete(folder);
      return why;
    } catch (AccessDeniedException e) {
      return new Refused("no permission to make a cgroup below " + own, ANOTHER_USER);
    } catch (FileSystemException e) {
      return Errno.EROFS.isWhy(e)
          ? new Refused(
              own + " is mounted read-only",
              "sudo mount -o remount,rw,bind, and the mount point above it"
                  + "; in a container, start it with cgroups it"
                  + " may write to (docker run --privileged)")
          : new Refused(
              "no cgroup can be made below "
                  + own
                  + ": "
                  + Optional.ofNullable(e.getReason()).orElse("unknown reason"),
              "");
    } catch (IOException e) {
      return new Refused("no cgroup can be tried below " + own + ": " + e.getMessage(), "");
    }
  }

  String ANOTHER_USER =
      "run it with sudo, or: systemd-run --user --scope -p Delegate=yes " + Program.command();

  private static Refused notEntered(Path own, Path folder, String words) {
    String type = Roots.text(folder.resolve("cgroup.type")).orElse("");
    return type.equals("domain invalid")
        ? new Refused(
            "this process's cgroup " + own + " is threaded, so no process can be moved below it",
            "start it from another cgroup: sudo systemd-run --scope " + Program.command())
        : new Refused("no process can be moved below " + own + " (" + words + ")", ANOTHER_USER);
  }

  /** The shell's words where a process cannot enter, empty where it can. */
  private static Optional<String> entering(Path folder) throws IOException {
    Process trial =
        new ProcessBuilder("/bin/sh", "-c", ENTER, "sh", folder.toString())
            .redirectErrorStream(true)
            .start();
    String words =
        new String(trial.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).strip();
    // Whatever interrupts: while it is in there nobody can remove the cgroup.
    trial.onExit().join();
    return trial.exitValue() == 0 ? Optional.empty() : Optional.of(words);
  }
}
