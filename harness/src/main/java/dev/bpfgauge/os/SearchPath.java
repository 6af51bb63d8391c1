package dev.bpfgauge.os;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs are. */
public final class SearchPath {
  /** Where administrators' programs are on distributions that leave it out of users' PATH. */
  private static final List<String> BESIDES = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  private SearchPath() {}

  /** An executable by its path, or by its name in the folders of PATH and of system programs. */
  public static Optional<Path> find(String program) {
    if (program.contains("/")) {
      return Optional.of(Path.of(program)).filter(SearchPath::isProgram);
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Stream.concat(Stream.of(path.split(":", -1)), BESIDES.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(SearchPath::isProgram)
        .findFirst();
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
