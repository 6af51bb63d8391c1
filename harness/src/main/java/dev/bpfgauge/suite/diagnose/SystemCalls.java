package dev.bpfgauge.suite.diagnose;

import java.util.Map;

/**
 * Names of system calls. A number never gets another name, so these are right on every kernel; a
 * call that is younger than this program goes by its number, {@code #512}.
 */
final class SystemCalls {
  private static final int X32 = 0x4000_0000;

  private final Map<Integer, String> own;
  private final Map<Integer, String> compat;

  private SystemCalls(Map<Integer, String> own, Map<Integer, String> compat) {
    this.own = own;
    this.compat = compat;
  }

  /** Those of the machine this JVM runs on. */
  static SystemCalls current() {
    return of(System.getProperty("os.arch", ""));
  }

  /** Those of an architecture as Java calls it; without names where it is another than ours. */
  static SystemCalls of(String arch) {
    return switch (arch) {
      case "amd64", "x86_64" ->
          new SystemCalls(NumberedNames.read("x86_64"), NumberedNames.read("i386"));
      case "aarch64" -> new SystemCalls(NumberedNames.read("arm64"), NumberedNames.read("arm"));
      default -> new SystemCalls(Map.of(), Map.of());
    };
  }

  /**
   * A call's name.
   *
   * @param number as the program gave it; below 0 for one that no kernel has
   * @param isCompat whether it is of a 32-bit program, whose numbers are others
   */
  String name(int number, boolean isCompat) {
    if (number < 0) {
      return "(no such call)";
    }
    if (isCompat) {
      return named(compat, number) + " (32-bit)";
    }
    return (number & X32) == 0 ? named(own, number) : named(own, number & ~X32) + " (x32)";
  }

  private static String named(Map<Integer, String> names, int number) {
    return names.getOrDefault(number, "#" + number);
  }
}
