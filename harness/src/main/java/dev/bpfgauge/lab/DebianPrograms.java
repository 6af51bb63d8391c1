package dev.bpfgauge.lab;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian's libbpf and the libraries it needs, unpacked below the cache, for guests that are to have
 * a newer one than this machine's. Guests of another architecture get Debian's Java as well; it
 * does not run here, so it is taken as it is: a smaller one would need a jlink of exactly its
 * version.
 */
final class DebianPrograms {
  private static final String SUITE = "trixie";
  private static final String JAVA = "openjdk-25-jre-headless";
  private static final List<String> LIBRARIES =
      List.of("libbpf1", "libelf1t64", "zlib1g", "libzstd1", "libc6", "libgcc-s1", "libstdc++6");

  /** For guests of this machine's architecture: newer than its own may be. */
  private static final String TRACING = "libbpf-tools";

  /** Of Java's files: texts, and archives of classes for heaps that guests do not have. */
  private static final Pattern UNUSED = Pattern.compile("(legal|man)/.*|lib/server/classes_.*");

  private static final String CARD = "packages.json";
  private static final String TREE = "tree";

  /** Of a symbolic link to another, and so on. */
  private static final int MOST_LINKS = 8;

  private final Path folder;
  private final GuestArch arch;
  private final boolean java;

  DebianPrograms(KernelStore store, GuestArch arch) {
    this(store, arch, !arch.isThisMachines());
  }

  /**
   * @param java also Debian's Java
   */
  DebianPrograms(KernelStore store, GuestArch arch, boolean java) {
    this.folder = store.folder().resolve("programs").resolve(arch.debian());
    this.arch = arch;
    this.java = java;
  }

  /**
   * What was unpacked.
   *
   * @param versions name of the package → its version
   */
  record Card(SortedMap<String, String> versions) {}

  boolean areThere() {
    return Files.isRegularFile(folder.resolve(CARD));
  }

  /**
   * Downloads and unpacks them.
   *
   * @throws Refusal where a package cannot be had; what was there stays then
   */
  void fetch(AptArchive archive) {
    Path work = folder.resolveSibling(arch.debian() + ".part");
    List<String> packages = new ArrayList<>(LIBRARIES);
    packages.add(java ? JAVA : TRACING);
    List<Path> debs = archive.download(packages.stream().map(p -> p + "/" + SUITE).toList());
    try {
      Scratch.deleteTree(work);
      Path tree = Files.createDirectories(work.resolve(TREE));
      SortedMap<String, String> versions = new TreeMap<>();
      for (Path deb : debs) {
        HostProgram.Ended ended =
            HostProgram.run(tree, List.of("dpkg-deb", "-x", deb.toString(), "."));
        if (!ended.wentWell()) {
          throw Refusal.environment(
              deb.getFileName() + " cannot be unpacked: " + ended.lastWords());
        }
        String[] name = deb.getFileName().toString().split("_", 3);
        versions.put(name[0], name[1].replace("%3a", ":"));
        Files.delete(deb);
      }
      DurableFile.write(work.resolve(CARD), Json.indented(new Card(versions)));
      Scratch.deleteTree(folder);
      Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw KernelStore.notWritten(folder, e);
    }
  }

  /**
   * They, as a guest gets them.
   *
   * @throws Refusal where they were not fetched
   */
  GuestPrograms programs() {
    requireThere();
    try {
      SortedMap<String, Path> files = new TreeMap<>();
      libraries(files);
      if (java) {
        java(files);
      }
      return new GuestPrograms(files);
    } catch (IOException e) {
      throw Refusal.environment(folder + " cannot be read: " + DurableFile.reason(e));
    }
  }

  /**
   * Name of each package → its version.
   *
   * @throws Refusal where they were not fetched
   */
  SortedMap<String, String> versions() {
    requireThere();
    Path card = folder.resolve(CARD);
    try {
      return Json.parse(Files.readString(card), Card.class, card.toString()).versions();
    } catch (IOException e) {
      throw Refusal.environment(card + " cannot be read: " + DurableFile.reason(e));
    }
  }

  private void requireThere() {
    if (!areThere()) {
      throw Refusal.environment(
          "%s is not in the cache; fetch it with a kernel: %s %s debian:6.12"
              .formatted(
                  java ? "what %s guests run".formatted(arch.debian()) : "Debian's libbpf",
                  Program.command("kernels", "fetch"),
                  java ? "--arch " + arch.debian() : "--debian-libbpf"));
    }
  }

  /** A program among them. */
  Optional<Path> program(String name) {
    try {
      return resolved(folder.resolve(TREE).resolve("usr/sbin").resolve(name));
    } catch (IOException e) {
      throw Refusal.environment(folder + " cannot be read: " + DurableFile.reason(e));
    }
  }

  private void libraries(SortedMap<String, Path> files) throws IOException {
    Path libraries = folder.resolve(TREE).resolve("usr/lib").resolve(arch.triplet());
    try (Stream<Path> all = Files.list(libraries)) {
      for (Path each : all.filter(f -> f.toString().contains(".so")).toList()) {
        String name = each.getFileName().toString();
        resolved(each).ifPresent(file -> files.put(GuestPrograms.LIBRARIES + name, file));
      }
    }
    String loader = arch.loader().substring(arch.loader().lastIndexOf('/') + 1);
    files.put(arch.loader(), libraries.resolve(loader));
  }

  private void java(SortedMap<String, Path> files) throws IOException {
    Path machines = folder.resolve(TREE).resolve("usr/lib/jvm");
    Path home = machines.resolve("java-25-openjdk-" + arch.debian());
    try (Stream<Path> all = Files.walk(home)) {
      for (Path each : all.filter(f -> !Files.isDirectory(f)).toList()) {
        String name = home.relativize(each).toString();
        if (!UNUSED.matcher(name).matches()) {
          resolved(each).ifPresent(file -> files.put(GuestPrograms.JAVA + name, file));
        }
      }
    }
  }

  /** The file behind symbolic links, whose absolute paths are those of the unpacked tree. */
  private Optional<Path> resolved(Path file) throws IOException {
    Path at = file;
    for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(at); i++) {
      Path target = Files.readSymbolicLink(at);
      at =
          target.isAbsolute()
              ? folder.resolve(TREE).resolve(target.toString().substring(1))
              : at.resolveSibling(target).normalize();
    }
    return Files.isRegularFile(at) && at.startsWith(folder) ? Optional.of(at) : Optional.empty();
  }
}
