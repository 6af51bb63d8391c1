package dev.bpfgauge.tool;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Functions by their first address. */
final class SymbolTable {
  static final SymbolTable EMPTY = new SymbolTable(new TreeMap<>(Long::compareUnsigned));

  private final NavigableMap<Long, Symbol> symbols;

  /**
   * One function.
   *
   * @param bytes its length; 0 where nobody says: up to the next one
   */
  private record Symbol(String name, long bytes) {}

  private SymbolTable(NavigableMap<Long, Symbol> symbols) {
    this.symbols = symbols;
  }

  /** Collects functions in any order. */
  static final class Builder {
    private final NavigableMap<Long, Symbol> symbols = new TreeMap<>(Long::compareUnsigned);

    Builder add(long address, long bytes, String name) {
      symbols.put(address, new Symbol(name, bytes));
      return this;
    }

    SymbolTable build() {
      return new SymbolTable(symbols);
    }
  }

  /** Lines of /proc/kallsyms; a kernel that hides its addresses gives an empty table. */
  static SymbolTable ofKernel(Stream<String> kallsyms) {
    Builder builder = new Builder();
    kallsyms
        .map(line -> line.split("\\s+", 4))
        .filter(fields -> fields.length > 2 && "tTwW".contains(fields[1]))
        .forEach(fields -> {
          long address = Long.parseUnsignedLong(fields[0], 16);
          if (address != 0) {
            builder.add(address, 0, fields[2]);
          }
        });
    return builder.build();
  }

  /** Lines of a runtime's /tmp/perf-PID.map: address and length in hexadecimal, and the name. */
  static SymbolTable ofPerfMap(Stream<String> lines) {
    Builder builder = new Builder();
    lines
        .map(line -> line.split(" ", 3))
        .filter(fields -> fields.length == 3)
        .forEach(fields ->
            builder.add(
                Long.parseUnsignedLong(fields[0], 16),
                Long.parseUnsignedLong(fields[1], 16),
                fields[2]));
    return builder.build();
  }

  /** The function that an address is in; null where none is known. */
  @Nullable String name(long address) {
    Map.Entry<Long, Symbol> entry = symbols.floorEntry(address);
    if (entry == null) {
      return null;
    }
    Symbol symbol = entry.getValue();
    boolean inside = symbol.bytes == 0 || address - entry.getKey() < symbol.bytes;
    return inside ? symbol.name : null;
  }

  boolean isEmpty() {
    return symbols.isEmpty();
  }
}
