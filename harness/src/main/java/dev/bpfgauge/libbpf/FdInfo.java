package dev.bpfgauge.libbpf;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code /proc/PID/fdinfo/FD} says of a descriptor of a program, link or map
 * (proc_pid_fdinfo(5)).
 *
 * @param kind of what
 * @param id the object's
 * @param memoryBytes the line {@code memlock}, of programs and maps
 */
public record FdInfo(Kind kind, int id, OptionalLong memoryBytes) {

  /** What a descriptor of BPF can be of. */
  public enum Kind {
    PROGRAM("prog_id:"),
    LINK("link_id:"),
    MAP("map_id:");

    private final String line;

    Kind(String line) {
      this.line = line;
    }
  }

  /**
   * The file's text; empty where it is of something else. A link's names its program as well, a
   * map's may, so the more special one counts.
   */
  public static Optional<FdInfo> parse(String text) {
    OptionalLong memory = number(text, "memlock:");
    OptionalLong link = number(text, Kind.LINK.line);
    OptionalLong map = number(text, Kind.MAP.line);
    OptionalLong program = number(text, Kind.PROGRAM.line);
    Kind kind = link.isPresent() ? Kind.LINK : map.isPresent() ? Kind.MAP : Kind.PROGRAM;
    OptionalLong id = link.isPresent() ? link : map.isPresent() ? map : program;
    return id.isPresent()
        ? Optional.of(new FdInfo(kind, (int) id.getAsLong(), memory))
        : Optional.empty();
  }

  /** Of a descriptor of this process. */
  static Optional<FdInfo> ofOurs(int fd) {
    try {
      return parse(ForeignText.read(Path.of("/proc/self/fdinfo", Integer.toString(fd))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static OptionalLong number(String text, String name) {
    int at = text.startsWith(name) ? 0 : text.indexOf("\n" + name) + 1;
    if (at == 0 && !text.startsWith(name)) {
      return OptionalLong.empty();
    }
    int end = text.indexOf('\n', at);
    String value = text.substring(at + name.length(), end < 0 ? text.length() : end).strip();
    try {
      return OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
