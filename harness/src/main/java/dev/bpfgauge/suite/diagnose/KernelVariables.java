package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The kernel's variables by address, of {@code /proc/kallsyms}, where a kernel has them
 * (CONFIG_KALLSYMS_ALL) and shows its addresses.
 */
final class KernelVariables {
  /** Initialised and not, of the kernel or of one file. */
  private static final String VARIABLES = "dDbB";

  /** The table does not say how long a variable is; what lies further behind it is none. */
  private static final long MOST_BYTES = 1 << 20;

  private static final int SIXTEEN = 16;

  private final NavigableMap<Long, String> names;

  private KernelVariables(NavigableMap<Long, String> names) {
    this.names = names;
  }

  /** None where they cannot be read. */
  static KernelVariables read(Path proc) {
    try (Stream<String> lines = ForeignText.lines(proc.resolve("kallsyms"))) {
      return parse(lines);
    } catch (IOException | UncheckedIOException e) {
      return parse(Stream.empty());
    }
  }

  static KernelVariables parse(Stream<String> kallsyms) {
    NavigableMap<Long, String> names = new TreeMap<>(Long::compareUnsigned);
    kallsyms
        .map(line -> line.split("\\s+", 4))
        .filter(fields -> fields.length > 2 && VARIABLES.contains(fields[1]))
        .forEach(fields -> {
          long address = Long.parseUnsignedLong(fields[0], SIXTEEN);
          if (address != 0) {
            names.put(address, fields[2]);
          }
        });
    return new KernelVariables(names);
  }

  /** E.g. {@code cgroup_mutex}, or {@code rtnl_mutex+0x8}; empty where it is in none. */
  String of(long address) {
    Map.Entry<Long, String> entry = names.floorEntry(address);
    if (entry == null || address - entry.getKey() >= MOST_BYTES) {
      return "";
    }
    long behind = address - entry.getKey();
    return Shown.name(entry.getValue()) + (behind == 0 ? "" : "+0x" + Long.toHexString(behind));
  }
}
