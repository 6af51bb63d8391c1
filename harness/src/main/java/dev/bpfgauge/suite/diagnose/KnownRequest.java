package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.tools.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A script that does nothing and is called {@code halt}: a module must show its exec. */
final class KnownRequest {
  private KnownRequest() {}

  /**
   * Executes it.
   *
   * @return its path, which is gone by then
   */
  static String execute() throws IOException {
    Path folder = Scratch.newFolder("known-");
    try {
      Path script = folder.resolve("halt");
      Files.writeString(script, "#!" + Shell.command() + "\n:\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      ShellScript.run("\"$1\" known", script.toString());
      return script.toString();
    } finally {
      Scratch.deleteTree(folder);
    }
  }
}
