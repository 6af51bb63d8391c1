package dev.bpfgauge.stacks;

import dev.bpfgauge.libbpf.ffm.LibCStdlib;
import dev.bpfgauge.libbpf.ffm.LibStdCxx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of C++ and Rust functions as they were declared. Where the C++ runtime is not installed, or
 * a name is of a kind that it does not know, a name stays as it is.
 */
final class DeclaredName {
  private static final int LONGEST = 1024;

  /**
   * Parts of a name that stand for earlier ones. Each may double the name: a file made for it would
   * otherwise take all memory.
   */
  private static final Pattern REPEATED = Pattern.compile("[ST][0-9A-Z]*_");

  private static final int MOST_REPEATED = 40;

  /** What Rust adds, so that names of two versions differ. */
  private static final Pattern RUST_HASH = Pattern.compile("::h[0-9a-f]{16}$");

  private static final int MOST_KNOWN = 1 << 16;

  private final Map<String, String> known = new HashMap<>();

  /** E.g. {@code std::vector<int>::push_back(int&&)}. */
  String of(String symbol) {
    if (!symbol.startsWith("_Z") || !LibStdCxx.isAvailable() || !isHarmless(symbol)) {
      return symbol;
    }
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    return known.computeIfAbsent(symbol, DeclaredName::demangled);
  }

  private static boolean isHarmless(String symbol) {
    return symbol.length() <= LONGEST
        && REPEATED.matcher(symbol).results().limit(MOST_REPEATED + 1L).count() <= MOST_REPEATED;
  }

  private static String demangled(String symbol) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name =
          LibStdCxx.__cxa_demangle(
              arena.allocateFrom(symbol),
              MemorySegment.NULL,
              MemorySegment.NULL,
              MemorySegment.NULL);
      if (name.equals(MemorySegment.NULL)) {
        return symbol;
      }
      try {
        String declared = name.reinterpret(Long.MAX_VALUE).getString(0);
        return RUST_HASH.matcher(declared).replaceFirst("");
      } finally {
        LibCStdlib.free(name);
      }
    }
  }
}
