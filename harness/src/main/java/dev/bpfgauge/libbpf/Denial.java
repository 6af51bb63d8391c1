package dev.bpfgauge.libbpf;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Why the kernel may have answered EPERM to this process, as far as its files tell: capabilities
 * (capabilities(7)), user namespace (user_namespaces(7)), seccomp filter, security modules.
 *
 * @param user effective user id; -1 where it is not told
 * @param capabilities the mask CapEff
 * @param seccomp 2 where a filter is in force
 * @param isNested in a user namespace that is not the machine's
 * @param modules security modules that may have refused, of those in force
 */
record Denial(int user, long capabilities, int seccomp, boolean isNested, List<String> modules) {
  private static final int FILTER = 2;
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;
  private static final int CAP_BPF = 39;

  /** All users, as the machine's own namespace maps them. */
  private static final String WHOLE = "0 0 4294967295";

  private static final List<String> REFUSING = List.of("selinux", "apparmor", "smack", "tomoyo");

  /** Of this thread. */
  static Denial read() {
    return of(
        text("/proc/thread-self/status"),
        text("/proc/self/uid_map"),
        text("/sys/kernel/security/lsm"));
  }

  /**
   * Of the texts of those files, empty where they are not readable.
   *
   * @param lsm e.g. {@code lockdown,capability,yama,apparmor,bpf}
   */
  static Denial of(String status, String uidMap, String lsm) {
    String map = uidMap.strip().replaceAll("\\s+", " ");
    return new Denial(
        Integer.parseInt(field(status, "Uid:", 1, "-1")),
        Long.parseUnsignedLong(field(status, "CapEff:", 0, "0"), 16),
        Integer.parseInt(field(status, "Seccomp:", 0, "0")),
        !map.isEmpty() && !map.equals(WHOLE),
        Stream.of(lsm.strip().split(",", -1)).filter(REFUSING::contains).toList());
  }

  /** A field of a line of proc_pid_status(5). */
  private static String field(String status, String name, int at, String otherwise) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split("\\s+", -1))
        .filter(fields -> fields.length > at && fields[at].matches("[0-9a-f]{1,16}"))
        .map(fields -> fields[at])
        .findFirst()
        .orElse(otherwise);
  }

  private static String text(String file) {
    try {
      return ForeignText.read(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * What is the matter, and what would help.
   *
   * @param needed the capabilities that the call takes, in words
   */
  String reason(String needed) {
    if (!has(CAP_SYS_ADMIN) && !(has(CAP_BPF) && has(CAP_PERFMON))) {
      return user == 0
          ? "this process is root without all of root's capabilities, as in a container: grant "
              + needed
          : "run as root, or grant " + needed;
    }
    if (isNested) {
      return "root of a user namespace may not; run it outside of the container, or with a BPF"
          + " token";
    }
    if (seccomp == FILTER) {
      return "a seccomp filter is in force here, as containers have one (docker run --security-opt"
          + " seccomp=unconfined)";
    }
    return "this process has the capabilities and no seccomp filter, so "
        + (modules.isEmpty()
            ? "this kernel or its host refuses it to everybody"
            : "a security module (%s) may refuse it, see dmesg, or the kernel to everybody"
                .formatted(String.join(", ", modules)));
  }

  private boolean has(int capability) {
    return (capabilities >>> capability & 1) == 1;
  }
}
