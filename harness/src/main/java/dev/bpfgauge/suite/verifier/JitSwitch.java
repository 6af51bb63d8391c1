package dev.bpfgauge.suite.verifier;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Whether the running kernel was built with an interpreter beside its JIT compiler. */
final class JitSwitch {
  private static final String ALWAYS_ON = "CONFIG_BPF_JIT_ALWAYS_ON=y";

  private JitSwitch() {}

  /** What the kernel's configuration says; false where it cannot be read. */
  static boolean alwaysOn() {
    String release = System.getProperty("os.version", "");
    for (Path config : List.of(Path.of("/proc/config.gz"), Path.of("/boot", "config-" + release))) {
      if (Files.isReadable(config)) {
        return has(config, ALWAYS_ON);
      }
    }
    return false;
  }

  static boolean has(Path config, String line) {
    try (InputStream file = Files.newInputStream(config);
        InputStream text = config.toString().endsWith(".gz") ? new GZIPInputStream(file) : file;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      return lines.lines().anyMatch(line::equals);
    } catch (IOException e) {
      return false;
    }
  }
}
