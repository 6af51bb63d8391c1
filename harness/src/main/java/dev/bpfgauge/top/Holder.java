package dev.bpfgauge.top;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that keeps a program alive: it has it, or a link or perf event with it, open.
 *
 * @param pid in this PID namespace
 * @param command the kernel's name of it (comm), which the process itself chooses
 * @param cgroup its control group, a path in the v2 hierarchy, else in systemd's; may be empty
 */
public record Holder(int pid, String command, String cgroup) {
  private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern UNIT = Pattern.compile("[^/]+\\.(?:service|scope|socket|mount)");
  private static final int SHOWN_OF_A_CONTAINER = 12;
  private static final Pattern UNIFIED = Pattern.compile("(?m)^0::(.*)$");
  private static final Pattern SYSTEMD = Pattern.compile("(?m)^\\d+:name=systemd:(.*)$");

  /** Its control group by the text of /proc/PID/cgroup (cgroups(7)). */
  static String cgroupOf(String file) {
    Matcher unified = UNIFIED.matcher(file);
    String path = unified.find() ? unified.group(1) : "";
    if (path.length() > 1) {
      return path;
    }
    Matcher systemd = SYSTEMD.matcher(file);
    return systemd.find() ? systemd.group(1) : path;
  }

  /** The systemd unit that it runs in; empty where it runs in none. */
  public String unit() {
    String unit = "";
    Matcher units = UNIT.matcher(cgroup);
    while (units.find()) {
      unit = units.group();
    }
    return unit;
  }

  /** The container's id as docker ps and others show it; empty where it runs in none. */
  public String container() {
    Matcher id = CONTAINER.matcher(cgroup);
    return id.find() ? id.group().substring(0, SHOWN_OF_A_CONTAINER) : "";
  }
}
