package dev.bpfgauge.os;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that are not UTF-8 are no reason to fail. */
class ForeignTextTest {
  @TempDir Path folder;

  @Test
  void bytesThatAreNotUtf8AreReplaced() throws IOException {
    Path file =
        Files.write(folder.resolve("status"), "Name:\tcaf\u00c3\nTgid:\t7\n".getBytes(ISO_8859_1));

    assertEquals("Name:\tcaf\ufffd\nTgid:\t7\n", ForeignText.read(file));
    assertEquals(List.of("Name:\tcaf\ufffd", "Tgid:\t7"), ForeignText.readLines(file));
    try (Stream<String> lines = ForeignText.lines(file)) {
      assertEquals(2, lines.count());
    }
  }

  /** The kernel tells a number below /proc/sys once: who asks for a byte has its first digit. */
  @Test
  void aNumberOfTheKernelIsReadWhole() throws Exception {
    for (String name : List.of("kernel/pid_max", "vm/overcommit_ratio", "kernel/printk")) {
      Path file = Path.of("/proc/sys").resolve(name);
      Process cat = new ProcessBuilder("cat", file.toString()).start();
      assertEquals(
          new String(cat.getInputStream().readAllBytes(), ISO_8859_1),
          ForeignText.read(file),
          name);
    }
  }

  @Test
  void aMountPathIsUnescaped() {
    assertEquals(
        Optional.of(Path.of("/a b\tc\nd\\e#f\\9")),
        ForeignText.mountPath("/a\\040b\\011c\\012d\\134e\\043f\\134" + "9"));
  }

  @Test
  void aMountPathThatIsNotUtf8IsSomebodyElses() {
    String latin1 = ForeignText.of("/mnt/caf\u00e9".getBytes(ISO_8859_1));

    assertEquals(Optional.empty(), ForeignText.mountPath(latin1));
  }
}
