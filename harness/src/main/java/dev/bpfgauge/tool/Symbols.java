package dev.bpfgauge.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names of functions in stacks, of the kernel and of processes. What cannot be named stays a
 * number: {@code [unknown] 0x…}, or {@code [exited] 0x…} where the process is gone.
 */
final class Symbols {
  static final String UNKNOWN = "[unknown]";

  private final Path proc;
  private final Map<Integer, Code> processes = new HashMap<>();

  /** By device and inode: many processes share a library, under a path each. */
  private final Map<Object, ElfSymbols> files = new HashMap<>();

  private @Nullable SymbolTable kernel;

  /**
   * Knows nothing yet.
   *
   * @param proc {@code /proc}
   */
  Symbols(Path proc) {
    this.proc = proc;
  }

  /** Where part of a file lies in a process. */
  record Mapping(long start, long end, long offset, String path) {
    /** A line of /proc/PID/maps; null where it is no file. */
    static @Nullable Mapping parse(String line) {
      String[] fields = line.split("\\s+", 6);
      if (fields.length < 6 || !fields[5].startsWith("/")) {
        return null;
      }
      String[] range = fields[0].split("-", 2);
      return new Mapping(
          Long.parseUnsignedLong(range[0], 16),
          Long.parseUnsignedLong(range[1], 16),
          Long.parseUnsignedLong(fields[2], 16),
          fields[5]);
    }

    private boolean has(long address) {
      return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }
  }

  /** What is known of a process's code. */
  private record Code(boolean gone, List<Mapping> mappings, SymbolTable compiled) {}

  /** Forgets processes, which may have changed or ended; files stay known. */
  void refresh() {
    processes.clear();
  }

  /** The kernel's functions, innermost first as given. */
  List<String> ofKernel(long[] addresses) {
    SymbolTable table = kernel();
    List<String> names = new ArrayList<>();
    for (long address : addresses) {
      names.add(named(table.name(address), UNKNOWN, address));
    }
    return names;
  }

  private SymbolTable kernel() {
    if (kernel == null) {
      kernel = lines(proc.resolve("kallsyms"), SymbolTable::ofKernel, SymbolTable.EMPTY);
    }
    return kernel;
  }

  /** A process's functions, innermost first as given. */
  List<String> ofProcess(int tgid, long[] addresses) {
    Code process = processes.computeIfAbsent(tgid, this::read);
    List<String> names = new ArrayList<>();
    for (long address : addresses) {
      names.add(named(name(tgid, process, address), process.gone ? "[exited]" : UNKNOWN, address));
    }
    return names;
  }

  private static String named(@Nullable String name, String why, long address) {
    return name == null ? why + " 0x" + Long.toHexString(address) : name;
  }

  /** By symbol; in a file without one by the file's name and the place in it. */
  private @Nullable String name(int tgid, Code code, long address) {
    for (Mapping mapping : code.mappings) {
      if (mapping.has(address)) {
        Path file = proc.resolve(tgid + "/root" + mapping.path);
        long offset = address - mapping.start + mapping.offset;
        String name = ofFile(file).name(offset);
        return name != null ? name : file.getFileName() + "+0x" + Long.toHexString(offset);
      }
    }
    return code.compiled.name(address);
  }

  private ElfSymbols ofFile(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Object identity = attributes.fileKey();
      return identity == null || !attributes.isRegularFile()
          ? ElfSymbols.NONE
          : files.computeIfAbsent(identity, _ -> ElfSymbols.read(file));
    } catch (IOException e) {
      return ElfSymbols.NONE; // The process is gone, or the file.
    }
  }

  private Code read(int tgid) {
    Path folder = proc.resolve(Integer.toString(tgid));
    if (!Files.isDirectory(folder)) {
      return new Code(true, List.of(), SymbolTable.EMPTY);
    }
    List<Mapping> mappings =
        lines(
            folder.resolve("maps"),
            maps -> maps.flatMap(line -> Stream.ofNullable(Mapping.parse(line))).toList(),
            List.of());
    Path perfMap = folder.resolve("root/tmp/perf-" + tgid + ".map");
    // Anybody can write there: what is no plain file could make us wait for ever.
    SymbolTable compiled =
        Files.isRegularFile(perfMap, LinkOption.NOFOLLOW_LINKS)
            ? lines(perfMap, SymbolTable::ofPerfMap, SymbolTable.EMPTY)
            : SymbolTable.EMPTY;
    return new Code(false, mappings, compiled);
  }

  /** What the lines of a file say; {@code otherwise} where it is not there or ends meanwhile. */
  private static <T> T lines(Path file, Function<Stream<String>, T> parse, T otherwise) {
    try (Stream<String> lines = Files.lines(file)) {
      return parse.apply(lines);
    } catch (IOException | RuntimeException e) {
      return otherwise;
    }
  }
}
