package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A newer QEMU from the backports of the Debian that this machine runs, unpacked below the cache
 * and not installed: several processors need {@link #NEEDED}.
 */
final class DebianEmulator {
  /**
   * From this release on processors that take turns are given equal shares, and code that one
   * processor changes is no longer executed in its old form by another.
   */
  static final String NEEDED = "8.1";

  private static final Path OS_RELEASE = Path.of("/etc/os-release");

  private final Path folder;
  private final GuestArch arch;

  DebianEmulator(KernelStore store, GuestArch arch) {
    this.folder = store.folder().resolve("tools").resolve("emulator-" + arch.debian());
    this.arch = arch;
  }

  private Path program() {
    return folder.resolve("usr/bin").resolve(arch.emulator());
  }

  /** Its program and where its data are, once fetched. */
  Optional<List<String>> command() {
    return Files.isExecutable(program())
        ? Optional.of(
            List.of(
                program().toString(),
                "-L",
                folder.resolve("usr/share/qemu").toString(),
                "-L",
                folder.resolve("usr/share/seabios").toString()))
        : Optional.empty();
  }

  /** Whether this machine's is too old, or not there, and no newer one was fetched. */
  boolean isMissing() {
    boolean enough =
        SearchPath.find(arch.emulator())
            .map(file ->
                HostProgram.run(Path.of("/"), List.of(file.toString(), "--version")).output())
            .filter(DebianEmulator::isEnough)
            .isPresent();
    return !enough && command().isEmpty();
  }

  /** Whether a version as QEMU says it of itself is new enough. */
  static boolean isEnough(String said) {
    String[] parts = said.replaceFirst("^\\D*", "").split("\\.", 3);
    try {
      int major = Integer.parseInt(parts[0]);
      return major > 8 || (major == 8 && parts.length > 1 && Integer.parseInt(parts[1]) >= 1);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * Downloads and unpacks it.
   *
   * @throws Refusal where this machine's Debian has none that runs here
   */
  void fetch(AptArchive archive) {
    String suite = codename() + "-backports";
    List<Path> debs =
        archive.download(
            List.of(
                arch.emulatorPackage() + "/" + suite,
                "qemu-system-data/" + suite,
                "seabios/" + suite));
    Path part = folder.resolveSibling(folder.getFileName() + ".part");
    try {
      Scratch.deleteTree(part);
      Files.createDirectories(part);
      for (Path deb : debs) {
        HostProgram.Ended ended =
            HostProgram.run(part, List.of("dpkg-deb", "-x", deb.toString(), "."));
        if (!ended.wentWell()) {
          throw Refusal.environment(
              deb.getFileName() + " cannot be unpacked: " + ended.lastWords());
        }
        Files.delete(deb);
      }
      Scratch.deleteTree(folder);
      Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw KernelStore.notWritten(folder, e);
    }
    HostProgram.Ended ended = HostProgram.run(folder, List.of(program().toString(), "--version"));
    if (!ended.wentWell()) {
      throw Refusal.environment(
          "the newer QEMU of %s does not start here: %s".formatted(suite, ended.lastWords()));
    }
  }

  private static String codename() {
    try {
      return ForeignText.readLines(OS_RELEASE).stream()
          .filter(line -> line.startsWith("VERSION_CODENAME="))
          .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
          .findFirst()
          .orElse("stable");
    } catch (IOException e) {
      return "stable";
    }
  }
}
