package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian's archive through apt-get, with a source list, package lists and a cache of its own: the
 * host's own are neither read nor written. apt checks the signatures with Debian's keyring.
 */
final class AptArchive {
  private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

  /** Each has kernels of its own; the newest comes last. */
  private static final List<String> SUITES =
      List.of("bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid");

  /** The five lists were seen to take 170 MB, a kernel's package 35 and as much unpacked. */
  private static final long NEEDED_BYTES = 300L << 20;

  private final Path folder;
  private final String arch;

  /**
   * @param folder for its files, made where it is not there
   * @param mirror where packages come from
   * @throws Refusal where apt or its keyring is not there
   */
  AptArchive(Path folder, GuestArch arch, String mirror) {
    this.folder = folder;
    this.arch = arch.debian();
    if (SearchPath.find("apt-get").isEmpty() || SearchPath.find("dpkg-deb").isEmpty()) {
      throw Refusal.environment(
          "apt-get and dpkg-deb are not on the PATH, so no packages can be fetched; give a kernel"
              + " of your own with --kernel FILE");
    }
    if (!Files.isReadable(KEYRING)) {
      throw Refusal.environment(
          "there is no "
              + KEYRING
              + ", so Debian's signatures cannot be checked: apt-get install -y"
              + " debian-archive-keyring");
    }
    try {
      for (String needed : List.of("lists/partial", "archives/partial", "downloads")) {
        Files.createDirectories(folder.resolve(needed));
      }
      List<String> sources = new ArrayList<>();
      for (String suite : SUITES) {
        sources.add("deb [signed-by=%s] %s %s main".formatted(KEYRING, mirror, suite));
      }
      Files.write(folder.resolve("sources.list"), sources);
      Files.writeString(folder.resolve("status"), "");
    } catch (IOException e) {
      throw KernelStore.notWritten(folder, e);
    }
  }

  /**
   * Reads the package lists anew.
   *
   * @throws Refusal where that fails: no network, a wrong mirror, a signature that does not fit
   */
  void update() {
    long free = KernelStore.freeBytes(folder);
    if (free < NEEDED_BYTES) { // apt was seen to wait for ever on a full disk
      throw Refusal.environment(
          "fetching needs %d MB below %s, and %d are free; another folder is given by XDG_CACHE_HOME"
              .formatted(NEEDED_BYTES >> 20, folder, free >> 20));
    }
    HostProgram.Ended ended = apt("update", "--error-on=any");
    if (!ended.wentWell()) {
      throw failed("the package lists cannot be read", ended);
    }
  }

  /** Every kernel in the lists. */
  List<PackageList.KernelPackage> kernels() {
    List<PackageList.KernelPackage> kernels = new ArrayList<>();
    try (Stream<Path> lists = Files.list(folder.resolve("lists"))) {
      for (Path list : lists.filter(f -> f.toString().endsWith("_Packages")).sorted().toList()) {
        try (BufferedReader in = ForeignText.reader(list)) {
          kernels.addAll(PackageList.kernels(in, arch));
        }
      }
    } catch (IOException e) {
      throw Refusal.environment("the package lists in " + folder + " cannot be read: " + e);
    }
    return kernels;
  }

  /**
   * Downloads one package; apt checks its checksum against the signed list.
   *
   * @param name of the package, with {@code =VERSION} or {@code /SUITE} or without
   * @return the file, which the caller moves or deletes
   */
  Path download(String name) {
    return download(List.of(name)).getFirst();
  }

  /** The same for several packages: their files, in the order of the names. */
  List<Path> download(List<String> names) {
    Path downloads = folder.resolve("downloads");
    try {
      Scratch.deleteTree(downloads);
      Files.createDirectories(downloads);
      List<String> command = new ArrayList<>(List.of("download"));
      command.addAll(names);
      HostProgram.Ended ended = apt(command.toArray(String[]::new));
      List<Path> found = new ArrayList<>();
      for (String name : names) {
        found.add(
            downloaded(downloads, name.replaceFirst("[=/].*", "") + "_")
                .orElseThrow(() -> failed("package " + name + " cannot be fetched", ended)));
      }
      return found;
    } catch (IOException e) {
      throw KernelStore.notWritten(downloads, e);
    }
  }

  private static Optional<Path> downloaded(Path downloads, String start) throws IOException {
    try (Stream<Path> files = Files.list(downloads)) {
      return files.filter(file -> file.getFileName().toString().startsWith(start)).findFirst();
    }
  }

  private HostProgram.Ended apt(String... command) {
    List<String> all = new ArrayList<>(List.of("apt-get", "-q"));
    for (String option :
        List.of(
            "Dir::Etc::SourceList=" + folder.resolve("sources.list"),
            "Dir::Etc::SourceParts=/dev/null",
            "Dir::Etc::Preferences=/dev/null",
            "Dir::Etc::PreferencesParts=/dev/null",
            "Dir::State::Lists=" + folder.resolve("lists"),
            "Dir::State::Status=" + folder.resolve("status"),
            "Dir::Cache=" + folder,
            "Dir::Cache::Archives=" + folder.resolve("archives"),
            "APT::Architecture=" + arch,
            "APT::Architectures=" + arch,
            "APT::Sandbox::User=",
            "APT::Update::Post-Invoke::=",
            "Acquire::Languages=none",
            "Acquire::GzipIndexes=false",
            "Acquire::Retries=2")) {
      all.add("-o");
      all.add(option);
    }
    all.addAll(List.of(command));
    return HostProgram.run(folder.resolve("downloads"), all);
  }

  private Refusal failed(String what, HostProgram.Ended ended) {
    return Refusal.environment(
        what
            + ": "
            + (KernelStore.isFull(folder) ? "the disk of " + folder + " is full" : errors(ended)));
  }

  private static String errors(HostProgram.Ended ended) {
    return ended
        .output()
        .lines()
        .filter(line -> line.startsWith("E: "))
        .map(line -> line.substring(3).strip())
        .findFirst()
        .orElse(ended.lastWords());
  }
}
