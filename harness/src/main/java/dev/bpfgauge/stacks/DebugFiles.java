package dev.bpfgauge.stacks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfNoteSection;
import net.fornwall.jelf.ElfSection;
import org.jspecify.annotations.Nullable;

/**
 * Where the symbols of a stripped file are, as debuggers look for them: below /usr/lib/debug by its
 * build-id, then beside it and below /usr/lib/debug by the name in its .gnu_debuglink (GDB's
 * manual, Separate Debug Files).
 *
 * @param roots of file systems to look into, the first first
 * @param path of the stripped file in them, from /
 */
record DebugFiles(List<Path> roots, String path) {
  static final DebugFiles NONE = new DebugFiles(List.of(), "/");

  private static final String DEBUG = "/usr/lib/debug";
  private static final int LONGEST_ID = 64;

  /** A file's name and the CRC-32 of its bytes. */
  record Link(String name, int crc) {

    /** What the section says; null where there is none, or its name is a path. */
    static @Nullable Link of(ElfFile elf) throws IOException {
      ElfSection section = elf.firstSectionByName(".gnu_debuglink");
      if (section == null) {
        return null;
      }
      byte[] data = section.getData();
      int end = 0;
      while (end < data.length && data[end] != 0) {
        end++;
      }
      int checksum = (end + 4) & ~3; // the name's end, and up to four bytes
      if (end == 0 || checksum + 4 > data.length) {
        return null;
      }
      String name = new String(data, 0, end, StandardCharsets.UTF_8);
      ByteOrder order =
          elf.ei_data == ElfFile.DATA_MSB ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return name.contains("/")
          ? null
          : new Link(name, ByteBuffer.wrap(data).order(order).getInt(checksum));
    }

    private boolean isOf(Path file) throws IOException {
      CRC32 sum = new CRC32();
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          sum.update(buffer, 0, n);
        }
      }
      return (int) sum.getValue() == crc;
    }
  }

  /** The build-id in hexadecimal; empty where it has none. */
  static String buildId(ElfFile elf) {
    return elf.firstSectionByName(".note.gnu.build-id") instanceof ElfNoteSection note
            && note.n_type == ElfNoteSection.NT_GNU_BUILD_ID
            && note.n_descsz > 1
            && note.n_descsz <= LONGEST_ID
        ? HexFormat.of().formatHex(note.descriptorBytes())
        : "";
  }

  /**
   * Finds the file of symbols.
   *
   * @param most largest size in bytes that is looked at
   * @return to be closed; empty where there is none, or it is another version's
   */
  Optional<ForeignFile> of(ElfFile stripped, long most) throws IOException {
    if (roots.isEmpty()) {
      return Optional.empty();
    }
    String id = buildId(stripped);
    if (!id.isEmpty()) {
      String place =
          "%s/.build-id/%s/%s.debug".formatted(DEBUG, id.substring(0, 2), id.substring(2));
      Optional<ForeignFile> found = first(Stream.of(place), most, _ -> true);
      if (found.isPresent()) {
        return found;
      }
    }
    Link link = Link.of(stripped);
    if (link == null) {
      return Optional.empty();
    }
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    return first(
        Stream.of(folder, folder + ".debug/", DEBUG + folder).map(place -> place + link.name),
        most,
        link::isOf);
  }

  /** Whether it is the file that is looked for. */
  private interface Check {
    boolean is(Path file) throws IOException;
  }

  private Optional<ForeignFile> first(Stream<String> places, long most, Check check) {
    return places
        .flatMap(place -> roots.stream().flatMap(root -> open(root, place, most, check).stream()))
        .findFirst();
  }

  private static Optional<ForeignFile> open(Path root, String place, long most, Check check) {
    try {
      ForeignFile file = ForeignFile.open(root, place);
      boolean isIt = false;
      try {
        isIt =
            Files.isRegularFile(file.path())
                && Files.size(file.path()) <= most
                && check.is(file.path());
      } finally {
        if (!isIt) {
          file.close();
        }
      }
      return isIt ? Optional.of(file) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // It is not there, or not ours to read.
    }
  }
}
