package dev.bpfgauge.stacks;

import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Functions by their first address. */
final class SymbolTable {
  static final SymbolTable EMPTY = new SymbolTable(new TreeMap<>(Long::compareUnsigned));

  private static final Pattern HEXADECIMAL = Pattern.compile("(0x)?[0-9a-fA-F]{1,16}");

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

    /**
     * A line of a runtime's /tmp/perf-PID.map: address and length in hexadecimal, with 0x or
     * without, and the name; another line is passed over.
     */
    void addOfPerfMap(String line) {
      String[] fields = line.split(" ", 3);
      if (fields.length == 3
          && HEXADECIMAL.matcher(fields[0]).matches()
          && HEXADECIMAL.matcher(fields[1]).matches()) {
        add(hexadecimal(fields[0]), hexadecimal(fields[1]), fields[2]);
      }
    }

    public SymbolTable build() {
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

  private static long hexadecimal(String text) {
    return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
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

  /** The first address of a function; empty where none is called so. */
  OptionalLong address(String function) {
    return symbols.entrySet().stream()
        .filter(each -> each.getValue().name.equals(function))
        .mapToLong(Map.Entry::getKey)
        .findFirst();
  }

  Collection<String> names() {
    return symbols.values().stream().map(Symbol::name).toList();
  }

  boolean isEmpty() {
    return symbols.isEmpty();
  }
}
