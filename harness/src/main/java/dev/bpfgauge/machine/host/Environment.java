package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.Meminfo;
import dev.bpfgauge.os.SearchPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What else describes the machine at the start of a run. Two runs may differ here and still be
 * compared; a reader who looks for the cause of a difference starts here.
 */
public final class Environment {
  private Environment() {}

  /** Of this machine, and of the commit that is measured from. */
  public static SortedMap<String, String> here() {
    SortedMap<String, String> found = read(Roots.SYSTEM);
    found.putAll(Checkout.here());
    return found;
  }

  /** Reads it from those trees. */
  public static SortedMap<String, String> read(Roots roots) {
    SortedMap<String, String> found = new TreeMap<>();
    Path kernel = roots.proc().resolve("sys/kernel");
    found.put("distribution", distribution(text(roots.etc().resolve("os-release"))));
    found.put(
        "stress-ng",
        SearchPath.find("stress-ng")
            .flatMap(Tools::version)
            .map(Tools::stressNgVersion)
            .orElse("not installed"));
    found.put("uptime", uptime(text(roots.proc().resolve("uptime"))));
    found.put("load at start", loads(text(roots.proc().resolve("loadavg"))));
    found.put("boot id", roots.bootId().isEmpty() ? "unknown" : roots.bootId());
    found.put("container", container(roots));
    found.put(
        "transparent hugepages",
        chosen(text(roots.sys().resolve("kernel/mm/transparent_hugepage/enabled"))));
    found.put(
        "pressure stall information",
        Roots.text(roots.proc().resolve("pressure/cpu")).isPresent() ? "on" : "off");
    found.put(
        "memory available at start",
        Meminfo.parse(text(roots.proc().resolve("meminfo"))).availableBytes() / (1 << 20) + " MiB");
    found.put("swap", swap(text(roots.proc().resolve("swaps"))));
    found.put(
        "numa nodes",
        Integer.toString(
            Math.max(
                1, Roots.children(roots.sys().resolve("devices/system/node"), "node\\d+").size())));
    found.put("perf_event_paranoid", text(kernel.resolve("perf_event_paranoid"), "unknown"));
    found.put(
        "unprivileged_bpf_disabled", text(kernel.resolve("unprivileged_bpf_disabled"), "unknown"));
    found.put("nmi watchdog", text(kernel.resolve("nmi_watchdog"), "unknown"));
    found.put("user", Privileges.read(roots).isRoot() ? "root" : "not root");
    return found;
  }

  /** PRETTY_NAME of os-release(5). */
  static String distribution(String osRelease) {
    return osRelease
        .lines()
        .filter(line -> line.startsWith("PRETTY_NAME="))
        .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", "").strip())
        .findFirst()
        .orElse("unknown");
  }

  /** {@code 15431.20 30210.11} → {@code 4 h 17 min}. */
  static String uptime(String uptime) {
    if (uptime.isEmpty()) {
      return "unknown";
    }
    long minutes = (long) (Double.parseDouble(uptime.split(" ", 2)[0]) / 60);
    return String.format(Locale.ROOT, "%d h %d min", minutes / 60, minutes % 60);
  }

  private static String loads(String loadavg) {
    String[] fields = loadavg.split(" ", -1);
    return fields.length < 3 ? "unknown" : fields[0] + " " + fields[1] + " " + fields[2];
  }

  /** {@code always [madvise] never} → {@code madvise}. */
  static String chosen(String choices) {
    int open = choices.indexOf('[');
    int close = choices.indexOf(']');
    return open < 0 || close < open ? "unknown" : choices.substring(open + 1, close);
  }

  private static String swap(String swaps) {
    long areas = swaps.lines().skip(1).count();
    return areas == 0 ? "none" : areas + (areas == 1 ? " area" : " areas");
  }

  private static String container(Roots roots) {
    if (Files.exists(roots.etc().resolveSibling(".dockerenv"))) {
      return "docker";
    }
    if (Files.exists(roots.run().resolve(".containerenv"))) {
      return "podman";
    }
    return text(roots.run().resolve("systemd/container"), "none seen");
  }

  private static String text(Path file) {
    return text(file, "");
  }

  private static String text(Path file, String otherwise) {
    return Roots.text(file).orElse(otherwise);
  }
}
