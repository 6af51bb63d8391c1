package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a JDK a guest gets. */
class GuestJavaTest {
  @TempDir Path folder;

  /** The files of Debian's openjdk-25 and of Temurin. */
  @Test
  void debuggingInformationStaysOutside() throws IOException {
    for (String name :
        List.of(
            "lib/modules",
            "lib/server/libjvm.so",
            "lib/server/libjvm.debuginfo",
            "lib/libsimdsort.debuginfo",
            "lib/server/classes.jsa",
            "lib/server/classes_nocoops.jsa",
            "legal/java.base/LICENSE")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.createFile(file);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(
          Set.of("lib/modules", "lib/server/libjvm.so", "lib/server/classes.jsa"),
          all.filter(GuestJava::needed)
              .map(file -> folder.relativize(file).toString())
              .collect(Collectors.toSet()));
    }
  }
}
