package dev.bpfgauge.lab;

import dev.bpfgauge.model.Cell;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Modules that distributions do not build in and some suites need, in the order they are loaded. A
 * disk for guests (NVMe, ext4) is built into Debian's kernels.
 */
enum GuestModule {
  VETH("hooks|loads", ""),
  SCH_INGRESS("hooks|loads", ""),
  CLS_BPF("hooks|loads", ""),
  CONFIGFS("tools", ""),
  /**
   * A disk that completes a request at once and on the same CPU: where instructions are counted.
   */
  NULL_BLK("tools", "irqmode=0 gb=1 nr_devices=1");

  private static final String ENDING = "\\.ko(\\.(xz|gz|zst))?";

  private final Pattern suites;
  private final String parameters;

  GuestModule(String suites, String parameters) {
    this.suites = Pattern.compile(suites);
    this.parameters = parameters;
  }

  /** Those that cells need, in order. */
  static List<GuestModule> neededBy(List<Cell> cells) {
    return Stream.of(values())
        .filter(m -> cells.stream().anyMatch(c -> m.suites.matcher(c.suite()).matches()))
        .toList();
  }

  /** Whether that is a file of one of them. */
  static boolean isKept(String fileName) {
    return Stream.of(values()).anyMatch(module -> module.isIn(fileName));
  }

  boolean isIn(String fileName) {
    return fileName.matches(word() + ENDING);
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What loads them from {@code /modules/RELEASE}, where they are there, in busybox's shell. */
  static String script(List<GuestModule> modules) {
    return modules.stream()
        .map(module ->
            """
            for module in /modules/$($b uname -r)/%s.ko*; do
              [ -e $module ] && $b insmod $module %s
            done
            """
                .formatted(module.word(), module.parameters))
        .collect(Collectors.joining());
  }
}
