package dev.bpfgauge.libbpf;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of the running kernel that programs hang on. */
public final class KernelNames {
  private static final Path SYMBOLS = Path.of("/proc/kallsyms");

  /** Read when first asked for: a guest of the lab takes seconds for it. */
  private static final class Once {
    static final Set<String> FUNCTIONS = read();

    private Once() {}
  }

  private KernelNames() {}

  /**
   * Functions, those of modules too, by proc_kallsyms(5), read once; empty where they are not to be
   * read.
   */
  public static Set<String> functions() {
    return Once.FUNCTIONS;
  }

  private static Set<String> read() {
    try {
      return functions(Files.readAllBytes(SYMBOLS));
    } catch (IOException e) {
      return Set.of();
    }
  }

  /**
   * Those of such a text: address, kind, name, and a module in brackets.
   *
   * @param symbols e.g. {@code ffffffff81000000 T _stext}
   */
  static Set<String> functions(byte[] symbols) {
    Set<String> names = new HashSet<>();
    int at = 0;
    while (at < symbols.length) {
      int end = at;
      while (end < symbols.length && symbols[end] != '\n') {
        end++;
      }
      int kind = at;
      while (kind < end && symbols[kind] != ' ') {
        kind++;
      }
      int name = kind + 3;
      if (name < end && "tTwW".indexOf(symbols[kind + 1]) >= 0) {
        int stop = name;
        while (stop < end && symbols[stop] != '\t' && symbols[stop] != ' ') {
          stop++;
        }
        names.add(new String(symbols, name, stop - name, StandardCharsets.ISO_8859_1));
      }
      at = end + 1;
    }
    return names;
  }

  /**
   * Tracepoints that are events, as {@code category/name}, by tracefs, which need not be mounted.
   *
   * @throws BpfException where there is no tracefs for this user
   */
  public static Set<String> tracepoints() {
    return Tracepoint.inTracefs(tracefs -> {
      try (Stream<String> lines = ForeignText.lines(tracefs.resolve("available_events"))) {
        return lines.map(line -> line.replace(':', '/')).collect(Collectors.toSet());
      } catch (IOException | UncheckedIOException e) {
        return Set.of();
      }
    });
  }
}
