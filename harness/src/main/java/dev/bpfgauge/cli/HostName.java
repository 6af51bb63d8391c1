package dev.bpfgauge.cli;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;

/** What this host is called on a page. */
final class HostName {
  private HostName() {}

  static String read() {
    try {
      return ForeignText.read(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "this host";
    }
  }
}
