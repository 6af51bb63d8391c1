package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.diagnose.Reboot.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A script that does nothing and is called {@code halt}: {@link Reboot} must show its exec. */
final class KnownRequest {
  private KnownRequest() {}

  /**
   * Executes it and holds the rows against it.
   *
   * @throws IllegalStateException where there is no such row, or it was not kept
   */
  static void proveSeenBy(Reboot module) throws IOException {
    Path folder = Scratch.newFolder("bpfgauge-known");
    try {
      Path script = folder.resolve("halt");
      Files.writeString(script, "#!" + ShellScript.shell() + "\n:\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      ShellScript.run("\"$1\" known", script.toString());
      List<Request> requests =
          module.events().stream()
              .filter(request -> request.arguments().words().contains(script.toString()))
              .filter(request -> request.comm().equals("halt"))
              .toList();
      if (requests.size() != 1 || !requests.getFirst().kept().startsWith("disk")) {
        throw new IllegalStateException("one was asked for and to be kept; shown: " + requests);
      }
    } finally {
      Scratch.deleteTree(folder);
    }
  }
}
