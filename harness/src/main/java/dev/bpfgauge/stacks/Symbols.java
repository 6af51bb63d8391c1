package dev.bpfgauge.stacks;

import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names of functions in stacks, of the kernel and of processes. What cannot be named stays a
 * number: {@code [unknown] 0x…}, or {@code [exited] 0x…} where the process is gone.
 */
public final class Symbols {
  static final String UNKNOWN = "[unknown]";

  private static final Pattern TRACING = Pattern.compile("bpf_|__bpf_trace_|__traceiter_");

  private final Path proc;
  private final DeclaredName declared = new DeclaredName();

  private final Map<Integer, Code> processes = new HashMap<>();

  /** Many processes share a library, under a path each. */
  private final Map<Identity, ElfSymbols> files = new HashMap<>();

  private @Nullable SymbolTable kernel;
  private String modules = "";

  /**
   * A file's identity.
   *
   * @param key device and inode, which may be another file's after this one is gone
   */
  private record Identity(Object key, long size, FileTime changed) {}

  /**
   * Knows nothing yet.
   *
   * @param proc {@code /proc}
   */
  public Symbols(Path proc) {
    this.proc = proc;
  }

  /**
   * Where part of a file lies in a process.
   *
   * @param inode of the file, by which it is known even where another has its name by now
   * @param path as the process sees it; the kernel's {@code (deleted)} is left out
   */
  record Mapping(long start, long end, long offset, long inode, String path) {
    private static final String DELETED = " (deleted)";

    /** Code of the kernel's that each process is given; in no file. */
    private static final String VDSO = "[vdso]";

    private static final long MOST_BYTES_OF_VDSO = 1 << 20;

    /** A line of /proc/PID/maps; null where it is neither a file nor the vDSO. */
    static @Nullable Mapping parse(String line) {
      String[] fields = line.split("\\s+", 6);
      if (fields.length < 6 || !(fields[5].startsWith("/") || fields[5].equals(VDSO))) {
        return null;
      }
      String[] range = fields[0].split("-", 2);
      String path = fields[5];
      return new Mapping(
          Long.parseUnsignedLong(range[0], 16),
          Long.parseUnsignedLong(range[1], 16),
          Long.parseUnsignedLong(fields[2], 16),
          Long.parseUnsignedLong(fields[4]),
          path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path);
    }

    private boolean has(long address) {
      return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    private boolean isVdso() {
      return path.equals(VDSO) && end - start > 0 && end - start <= MOST_BYTES_OF_VDSO;
    }

    /** Its name below /proc/PID/map_files. */
    private String range() {
      return Long.toHexString(start) + "-" + Long.toHexString(end);
    }

    private String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /**
   * What is known of a process's code.
   *
   * @param files of mappings that were looked into
   */
  private record Code(
      boolean gone, List<Mapping> mappings, SymbolTable compiled, Map<Mapping, ElfSymbols> files) {

    Code(boolean gone, List<Mapping> mappings, SymbolTable compiled) {
      this(gone, mappings, compiled, new IdentityHashMap<>());
    }
  }

  /**
   * Forgets processes, which may have changed or ended, and the kernel's functions where modules
   * came or went; files stay known.
   */
  public void refresh() {
    processes.clear();
    String now = modules();
    if (!now.equals(modules)) {
      modules = now;
      kernel = null;
    }
  }

  private String modules() {
    return lines(
        proc.resolve("modules"),
        all -> all.map(Symbols::nameAndPlace).collect(Collectors.joining("\n")),
        "");
  }

  /** The other fields change with every use of a module. */
  private static String nameAndPlace(String module) {
    String[] fields = module.split(" ", -1);
    return fields[0] + " " + (fields.length > 5 ? fields[5] : "");
  }

  /** Whether the kernel shows where its functions are. */
  public boolean knowsTheKernel() {
    return !kernel().isEmpty();
  }

  /** The kernel's functions, innermost first as given. */
  public List<String> ofKernel(long[] addresses) {
    SymbolTable table = kernel();
    List<String> names = new ArrayList<>();
    for (long address : addresses) {
      names.add(named(table.name(address), UNKNOWN, address));
    }
    return names;
  }

  /** From where the tracepoint was passed, without the way from there into the program. */
  public static List<String> withoutTracing(List<String> frames) {
    int start = 0;
    for (int i = 0; i < frames.size(); i++) {
      String frame = frames.get(i);
      if (TRACING.matcher(frame).lookingAt()) {
        start = i + 1;
      } else if (!frame.startsWith(UNKNOWN)) {
        break;
      }
    }
    return frames.subList(start, frames.size());
  }

  private SymbolTable kernel() {
    if (kernel == null) {
      kernel = lines(proc.resolve("kallsyms"), SymbolTable::ofKernel, SymbolTable.EMPTY);
    }
    return kernel;
  }

  /** A process's functions, innermost first as given. */
  public List<String> ofProcess(int tgid, long[] addresses) {
    Code process = processes.computeIfAbsent(tgid, this::read);
    List<String> names = new ArrayList<>();
    for (long address : addresses) {
      names.add(named(name(tgid, process, address), process.gone ? "[exited]" : UNKNOWN, address));
    }
    return names;
  }

  private String named(@Nullable String name, String why, long address) {
    return name == null ? why + " 0x" + Long.toHexString(address) : Shown.name(declared.of(name));
  }

  /** By symbol; in a file without one by the file's name and the place in it. */
  private @Nullable String name(int tgid, Code code, long address) {
    for (Mapping mapping : code.mappings) {
      if (mapping.has(address)) {
        long offset = address - mapping.start + mapping.offset;
        String name = code.files.computeIfAbsent(mapping, m -> ofFile(tgid, m)).name(offset);
        return name != null ? name : mapping.fileName() + "+0x" + Long.toHexString(offset);
      }
    }
    return code.compiled.name(address);
  }

  /**
   * The mapped file itself, whatever became of its name; without the right to that, what has its
   * name in the process's own root, if it is the same.
   */
  private ElfSymbols ofFile(int tgid, Mapping mapping) {
    Path folder = proc.resolve(Integer.toString(tgid));
    if (mapping.isVdso()) {
      return vdso(folder.resolve("mem"), mapping);
    }
    DebugFiles debug = new DebugFiles(List.of(folder.resolve("root"), Path.of("/")), mapping.path);
    Path mapped = folder.resolve("map_files").resolve(mapping.range());
    if (Files.isReadable(mapped)) {
      return ofFile(mapped, debug);
    }
    try (ForeignFile file = ForeignFile.open(folder.resolve("root"), mapping.path)) {
      return file.inode() == mapping.inode ? ofFile(file.path(), debug) : ElfSymbols.NONE;
    } catch (IOException e) {
      return ElfSymbols.NONE; // The process is gone, or the file.
    }
  }

  /** As the process has it: one of 32 bits has another. */
  private static ElfSymbols vdso(Path memory, Mapping mapping) {
    try (FileChannel channel = FileChannel.open(memory)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(mapping.end - mapping.start));
      channel.read(bytes, mapping.start);
      return ElfSymbols.read(bytes.array());
    } catch (IOException e) {
      return ElfSymbols.NONE; // The process is gone, or not ours to look into.
    }
  }

  private ElfSymbols ofFile(Path file, DebugFiles debug) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = attributes.fileKey();
      return key == null || !attributes.isRegularFile()
          ? ElfSymbols.NONE
          : files.computeIfAbsent(
              new Identity(key, attributes.size(), attributes.lastModifiedTime()),
              _ -> ElfSymbols.read(file, debug));
    } catch (IOException e) {
      return ElfSymbols.NONE;
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
    return new Code(false, mappings, PerfMap.of(folder));
  }

  /** What the lines of a file say; {@code otherwise} where it is not there or ends meanwhile. */
  private static <T> T lines(Path file, Function<Stream<String>, T> parse, T otherwise) {
    try (Stream<String> lines = ForeignText.lines(file)) {
      return parse.apply(lines);
    } catch (IOException | RuntimeException e) {
      return otherwise;
    }
  }
}
