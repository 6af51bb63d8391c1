package dev.bpfgauge.stacks;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The functions of one ELF file, by where they are in the file. */
public final class ElfSymbols {
  static final ElfSymbols NONE = new ElfSymbols(SymbolTable.EMPTY, List.of());

  private static final long MOST_BYTES = 256L << 20;
  private static final int MOST_UNPACKED = 64 << 20;
  private static final int MOST_KIB_TO_UNPACK = 64 << 10;

  private final SymbolTable table;
  private final List<Segment> segments;

  /** Where a part of the file lies in memory, were it loaded at 0. */
  private record Segment(long offset, long address, long bytes) {}

  private ElfSymbols(SymbolTable table, List<Segment> segments) {
    this.table = table;
    this.segments = segments;
  }

  /**
   * Reads the file's symbol tables, and those kept elsewhere where it is stripped; a file that is
   * no ELF file, is larger than {@link #MOST_BYTES} or cannot be read has none.
   */
  public static ElfSymbols read(Path file) {
    return read(file, new DebugFiles(List.of(Path.of("/")), file.toAbsolutePath().toString()));
  }

  /**
   * The same.
   *
   * @param debug where the symbols of a stripped one are looked for
   */
  static ElfSymbols read(Path file, DebugFiles debug) {
    try (FileChannel channel = FileChannel.open(file);
        Arena arena = Arena.ofConfined()) {
      return channel.size() > MOST_BYTES ? NONE : of(ElfFile.from(copy(channel, arena)), debug);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return NONE; // Where there is no room for a copy, nothing of it is kept either.
    }
  }

  /** Reads an ELF file's bytes, e.g. of the vDSO; what is none has no functions. */
  static ElfSymbols read(byte[] file) {
    try {
      return of(ElfFile.from(file), DebugFiles.NONE);
    } catch (RuntimeException e) {
      return NONE;
    }
  }

  /** In memory of our own: whoever owns the file may cut it while we read. */
  private static MappedByteBuffer copy(FileChannel channel, Arena arena) throws IOException {
    ByteBuffer bytes = arena.allocate(Math.max(channel.size(), 1)).asByteBuffer();
    bytes.limit(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("cut while it was read");
      }
    }
    return (MappedByteBuffer) bytes.flip(); // every direct buffer is one
  }

  private static ElfSymbols of(ElfFile elf, DebugFiles debug) {
    SymbolTable.Builder table = new SymbolTable.Builder();
    add(elf.getDynamicSymbolTableSection(), table);
    add(elf.getSymbolTableSection(), table);
    if (elf.getSymbolTableSection() == null) {
      addPacked(elf, table);
      addSeparate(elf, table, debug);
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < elf.e_phnum; i++) {
      ElfSegment segment = elf.getProgramHeader(i);
      if (segment.p_type == ElfSegment.PT_LOAD) {
        segments.add(new Segment(segment.p_offset, segment.p_vaddr, segment.p_filesz));
      }
    }
    return new ElfSymbols(table.build(), segments);
  }

  /** .gnu_debugdata: an ELF file with further functions, packed by xz. */
  private static void addPacked(ElfFile elf, SymbolTable.Builder table) {
    ElfSection packed = elf.firstSectionByName(".gnu_debugdata");
    if (packed == null) {
      return;
    }
    try (InputStream in =
        new XZInputStream(new ByteArrayInputStream(packed.getData()), MOST_KIB_TO_UNPACK)) {
      add(ElfFile.from(in.readNBytes(MOST_UNPACKED)).getSymbolTableSection(), table);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return; // What it cannot tell stays unknown.
    }
  }

  /** A file that has only what was stripped; its functions lie where the stripped one's do. */
  private static void addSeparate(ElfFile elf, SymbolTable.Builder table, DebugFiles debug) {
    try {
      Optional<ForeignFile> found = debug.of(elf, MOST_BYTES);
      if (found.isPresent()) {
        try (ForeignFile file = found.get();
            FileChannel channel = FileChannel.open(file.path());
            Arena arena = Arena.ofConfined()) {
          ElfFile separate = ElfFile.from(copy(channel, arena));
          if (DebugFiles.buildId(separate).equals(DebugFiles.buildId(elf))) {
            add(separate.getSymbolTableSection(), table);
          }
        }
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      return; // What it cannot tell stays unknown.
    }
  }

  private static void add(@Nullable ElfSymbolTableSection section, SymbolTable.Builder table) {
    if (section == null) {
      return;
    }
    for (ElfSymbol symbol : section.symbols) {
      String name = symbol.getName();
      if (symbol.getType() == ElfSymbol.STT_FUNC && symbol.st_value != 0 && name != null) {
        table.add(symbol.st_value, symbol.st_size, name);
      }
    }
  }

  /**
   * The function at a place in the file; null where none is known.
   *
   * @param offset in bytes from the file's begin
   */
  @Nullable String name(long offset) {
    return segments.stream()
        .filter(s -> offset >= s.offset && offset < s.offset + s.bytes)
        .findFirst()
        .map(s -> table.name(offset - s.offset + s.address))
        .orElse(null);
  }

  /**
   * Where a function begins in the file, in bytes from the file's begin; empty where it has no such
   * function.
   */
  public OptionalLong offset(String function) {
    return table.address(function).stream()
        .flatMap(address ->
            segments.stream()
                .filter(s -> address >= s.address && address < s.address + s.bytes)
                .mapToLong(s -> address - s.address + s.offset))
        .findFirst();
  }

  /** Names of its functions. */
  public Collection<String> names() {
    return table.names();
  }
}
