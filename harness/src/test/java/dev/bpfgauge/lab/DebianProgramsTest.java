package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's programs for guests, from a tree as its packages unpack to. */
class DebianProgramsTest {
  @TempDir Path folder;
  private DebianPrograms programs = new DebianPrograms(store(Path.of("")), GuestArch.ARM64, true);

  @BeforeEach
  void inAFolderOfItsOwn() {
    programs = new DebianPrograms(store(folder), GuestArch.ARM64, true);
  }

  @Test
  void whatWasNotFetchedNamesTheCommand() {
    String said = String.valueOf(assertThrows(Refusal.class, programs::programs).getMessage());

    assertTrue(said.contains("kernels fetch --arch arm64"), said);
    assertThrows(Refusal.class, programs::versions);
  }

  @Test
  void linksOfTheTreeAreNotThisMachines() throws Exception {
    write("packages.json", "{\"versions\": {\"libc6\": \"2.41-12\"}}");
    Path loader = write("tree/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "loader");
    Path libbpf = write("tree/usr/lib/aarch64-linux-gnu/libbpf.so.1.5.0", "libbpf");
    link("tree/usr/lib/aarch64-linux-gnu/libbpf.so.1", "libbpf.so.1.5.0");
    Path config = write("tree/etc/java-25-openjdk/jvm-arm64.cfg", "-server KNOWN");
    String home = "tree/usr/lib/jvm/java-25-openjdk-arm64/";
    Path java = write(home + "bin/java", "java");
    write(home + "legal/java.base/LICENSE", "licence");
    write(home + "lib/server/classes_coh.jsa", "classes");
    link(home + "lib/jvm.cfg", "/etc/java-25-openjdk/jvm-arm64.cfg");
    link(home + "lib/security/cacerts", "/etc/ssl/certs/java/cacerts");

    assertEquals(Map.of("libc6", "2.41-12"), programs.versions());
    assertEquals(
        new TreeMap<>(
            Map.of(
                "jre/bin/java", java,
                "jre/lib/jvm.cfg", config,
                "lib/bpfgauge/ld-linux-aarch64.so.1", loader,
                "lib/ld-linux-aarch64.so.1", loader,
                "lib/bpfgauge/libbpf.so.1", libbpf,
                "lib/bpfgauge/libbpf.so.1.5.0", libbpf)),
        programs.programs().files());
  }

  @Test
  void guestsOfThisMachinesArchitectureGetLibbpfAndNoJava() throws Exception {
    DebianPrograms libbpfAlone = new DebianPrograms(store(folder), GuestArch.ARM64, false);
    String said = String.valueOf(assertThrows(Refusal.class, libbpfAlone::programs).getMessage());
    assertTrue(said.contains("kernels fetch --debian-libbpf"), said);

    write("packages.json", "{\"versions\": {\"libbpf1\": \"1:1.5.0-3\"}}");
    Path loader = write("tree/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "loader");
    Path libbpf = write("tree/usr/lib/aarch64-linux-gnu/libbpf.so.1", "libbpf");
    write("tree/usr/lib/jvm/java-25-openjdk-arm64/bin/java", "java");

    assertEquals(
        Map.of(
            "lib/bpfgauge/ld-linux-aarch64.so.1", loader,
            "lib/ld-linux-aarch64.so.1", loader,
            "lib/bpfgauge/libbpf.so.1", libbpf),
        libbpfAlone.programs().files());
  }

  private static KernelStore store(Path folder) {
    return new KernelStore(folder, GuestArch.ARM64);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve("programs/arm64").resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return Files.writeString(file, text);
  }

  private void link(String name, String target) throws IOException {
    Path link = folder.resolve("programs/arm64").resolve(name);
    Files.createDirectories(link.resolveSibling(""));
    Files.createSymbolicLink(link, Path.of(target));
  }
}
