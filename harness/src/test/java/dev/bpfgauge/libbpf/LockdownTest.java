package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockdownTest {
  /** The verifier's words in a Linux 6.12 guest with lockdown=confidentiality. */
  private static final String VERIFIER =
      "program of this type cannot use helper bpf_probe_read_kernel#113\n";

  @TempDir Path folder;

  @Test
  void theKernelsModeIsTheOneInBrackets() throws IOException {
    put("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
    assertEquals("confidentiality", read().mode());
    assertTrue(read().forbidsReading());
    put("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    assertEquals("none", read().mode());
  }

  @Test
  void withoutSecurityfsTheBootParametersTell() throws IOException {
    put("proc/cmdline", "quiet lockdown=integrity lockdown=confidentiality panic=1\n");
    assertEquals("confidentiality", read().mode());
    put("proc/cmdline", "quiet\n");
    assertEquals("none", read().mode());
  }

  @Test
  void aRefusalIsLaidToLockdownOnlyWhereItForbidsReading() {
    assertEquals(Optional.empty(), new Lockdown("integrity").reason(VERIFIER));
    String certain = new Lockdown("confidentiality").reason(VERIFIER).orElseThrow();
    assertTrue(certain.contains("no program reads the kernel's memory"), certain);
    String unsure = new Lockdown("confidentiality").reason("").orElseThrow();
    assertTrue(unsure.contains("may be the reason"), unsure);
    assertFalse(unsure.contains("no program reads"), unsure);
  }

  private Lockdown read() {
    return Lockdown.read(folder.resolve("sys"), folder.resolve("proc"));
  }

  private void put(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }
}
