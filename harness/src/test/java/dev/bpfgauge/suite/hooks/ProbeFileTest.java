package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ELF file that we write, as binutils reads it. */
class ProbeFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "aarch64"})
  void readelfFindsTheProbe(String arch, @TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("probe.so");
    Files.write(file, ProbeFile.of(ProbeFile.Machine.of(arch)));
    String said = readelf(file);
    assertTrue(said.contains("stapsdt"), said);
    assertTrue(said.contains("Provider: bpfgauge"), said);
    assertTrue(said.contains("Name: call"), said);
    assertTrue(said.contains("Location: 0x0000000000000078"), said);
    assertTrue(said.contains(arch.equals("amd64") ? "X86-64" : "AArch64"), said);
    assertTrue(said.contains("R E"), said);
    assertTrue(!said.contains("arning") && !said.contains("rror"), said);
  }

  private static String readelf(Path file) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("readelf", "-W", "-h", "-l", "-S", "-n", file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Requires.that(false, "readelf of binutils");
      throw e;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  @Test
  void anotherArchitectureIsRefusedByName() {
    Refusal refusal = assertThrows(Refusal.class, () -> ProbeFile.Machine.of("riscv64"));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("absent: "));
    assertTrue(String.valueOf(refusal.getMessage()).contains("riscv64"));
  }
}
