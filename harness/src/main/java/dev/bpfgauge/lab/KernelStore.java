package dev.bpfgauge.lab;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels fetched so far, below the user's cache folder; used without a network. Each is a
 * folder with the vmlinuz and {@value #CARD}.
 */
public final class KernelStore {
  private static final String CARD = "kernel.json";
  private static final String IMAGE = "vmlinuz";
  private static final String MODULES = "modules";
  private static final String CONFIGURATION = "config";

  private final Path folder;
  private final GuestArch arch;

  public KernelStore(GuestArch arch) {
    this(defaultFolder(), arch);
  }

  KernelStore(Path folder, GuestArch arch) {
    this.folder = folder;
    this.arch = arch;
  }

  /** {@code $XDG_CACHE_HOME/bpfgauge/kernels}, by default {@code ~/.cache/bpfgauge/kernels}. */
  static Path defaultFolder() {
    try {
      return UserFolders.cache().resolve("kernels");
    } catch (IllegalStateException noHome) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, String.valueOf(noHome.getMessage()), noHome);
    }
  }

  /**
   * What is known of a fetched kernel.
   *
   * @param wish the version it was fetched for, e.g. {@code 6.12}
   * @param imageSha256 of the vmlinuz
   * @param packageSha256 of the package, as the signed list says
   */
  record Card(
      String wish,
      String release,
      String packageName,
      String packageVersion,
      String packageSha256,
      String imageSha256) {}

  Path folder() {
    return folder;
  }

  /** What commands about this architecture's kernels are given beside the rest. */
  private String option() {
    return arch.isThisMachines() ? "" : " --arch " + arch.debian();
  }

  /** Every kernel that is there. */
  public List<KernelImage> all() {
    Path ours = folder.resolve(arch.debian());
    if (!Files.isDirectory(ours)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(ours)) {
      List<KernelImage> all = new ArrayList<>();
      for (Path each : folders.filter(f -> Files.isRegularFile(f.resolve(CARD))).toList()) {
        all.add(image(each));
      }
      all.sort((a, b) -> PackageList.compareNumbers(a.label(), b.label()));
      return all;
    } catch (IOException e) {
      throw Refusal.environment("the kernels in " + ours + " cannot be listed: " + e.getMessage());
    }
  }

  /** The kernel fetched for that version, where it is there. */
  Optional<KernelImage> find(String version) {
    Path ours = folder.resolve(arch.debian()).resolve(version);
    return Files.isRegularFile(ours.resolve(CARD)) ? Optional.of(image(ours)) : Optional.empty();
  }

  private static KernelImage image(Path ours) {
    Path card = ours.resolve(CARD);
    try {
      Card said = Json.parse(Files.readString(card), Card.class, card.toString());
      return new KernelImage(
          said.wish(),
          said.release(),
          ours.resolve(IMAGE),
          said.imageSha256(),
          said.packageName() + " " + said.packageVersion());
    } catch (IOException e) {
      throw Refusal.environment(card + " cannot be read: " + DurableFile.reason(e));
    }
  }

  /**
   * The kernel for a run: there, and whole.
   *
   * @throws Refusal where it is not there, or its file is not what was fetched
   */
  public KernelImage get(String version) {
    KernelImage kernel =
        find(version)
            .orElseThrow(() ->
                Refusal.environment(
                    "kernel %s is not in the cache; fetch it: %s%s debian:%s"
                        .formatted(
                            version, Program.command("kernels", "fetch"), option(), version)));
    if (!kernel.sha256().equals(sha256(kernel.file()))) {
      throw Refusal.environment(
          "%s is damaged (its checksum differs); fetch it again: %s%s --again debian:%s"
              .formatted(kernel.file(), Program.command("kernels", "fetch"), option(), version));
    }
    return kernel;
  }

  /** The modules kept of a kernel, packed as they came; empty where it has none of them. */
  List<Path> modules(KernelImage kernel) {
    Path kept = kernel.file().resolveSibling(MODULES);
    if (!kernel.file().startsWith(folder) || !Files.isDirectory(kept)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(kept)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw Refusal.environment("the modules in " + kept + " cannot be listed: " + e.getMessage());
    }
  }

  /**
   * What a kernel was built with, as a text: kept when it was fetched, or {@code config-RELEASE}
   * beside a user's own.
   */
  Optional<Path> configuration(KernelImage kernel) {
    return Stream.of(CONFIGURATION, "config-" + kernel.release())
        .map(kernel.file()::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static void keepConfiguration(Path tree, String release, Path kept) throws IOException {
    Path own = Path.of("lib", "modules", release, "config");
    List<Path> places =
        List.of(Path.of("boot", "config-" + release), own, Path.of("usr").resolve(own));
    for (Path place : places) {
      if (Files.isRegularFile(tree.resolve(place))) {
        Files.move(tree.resolve(place), kept, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /**
   * Keeps the modules and the configuration of a package that has them apart from the kernel.
   *
   * @param file the .deb
   * @param wish the version the kernel was fetched for
   * @throws Refusal where the package is damaged
   */
  void addBeside(Path file, String wish) {
    Path ours = folder.resolve(arch.debian()).resolve(wish);
    Path tree = ours.resolve("tree");
    try {
      Scratch.deleteTree(tree);
      Files.createDirectories(tree);
      unpack(file, tree);
      keepModules(tree, ours.resolve(MODULES));
      keepConfiguration(tree, image(ours).release(), ours.resolve(CONFIGURATION));
      Scratch.deleteTree(tree);
    } catch (IOException e) {
      throw notWritten(ours, e);
    }
  }

  private static void unpack(Path file, Path tree) {
    HostProgram.Ended ended =
        HostProgram.run(
            tree.resolveSibling(""),
            List.of("dpkg-deb", "-x", file.toAbsolutePath().toString(), tree.toString()));
    if (!ended.wentWell() && isFull(tree.resolveSibling(""))) {
      throw Refusal.environment(
          "%s cannot be unpacked: the disk of %s is full"
              .formatted(file.getFileName(), tree.resolveSibling("")));
    }
    if (!ended.wentWell()) {
      throw Refusal.environment(
          file.getFileName() + " cannot be unpacked, it is damaged: " + ended.lastWords());
    }
  }

  private static void keepModules(Path tree, Path kept) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.walk(tree)) {
      found =
          files
              .filter(Files::isRegularFile)
              .filter(f -> GuestModule.isKept(f.getFileName().toString()))
              .toList();
    }
    if (!found.isEmpty()) {
      Files.createDirectories(kept);
    }
    for (Path module : found) {
      Files.move(module, kept.resolve(module.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Takes the kernel out of a package.
   *
   * @param file the .deb
   * @throws Refusal where the package is damaged or has no kernel in it; nothing is left then
   */
  KernelImage unpack(Path file, String wish, PackageList.KernelPackage what) {
    Path ours = folder.resolve(arch.debian()).resolve(wish);
    Path work = ours.resolveSibling(wish + ".part");
    try {
      Scratch.deleteTree(work);
      Files.createDirectories(work);
      String seen = sha256(file);
      if (!what.sha256().isEmpty() && !seen.equals(what.sha256())) {
        throw Refusal.environment(
            file.getFileName() + " is damaged: its checksum is not that of the package list");
      }
      unpack(file, work.resolve("tree"));
      Path image = imageIn(work.resolve("tree"), file);
      String release = KernelImage.release(image, arch);
      Files.move(image, work.resolve(IMAGE));
      keepModules(work.resolve("tree"), work.resolve(MODULES));
      keepConfiguration(work.resolve("tree"), release, work.resolve(CONFIGURATION));
      Scratch.deleteTree(work.resolve("tree"));
      DurableFile.write(
          work.resolve(CARD),
          Json.indented(
              new Card(
                  wish, release, what.name(), what.version(), seen, sha256(work.resolve(IMAGE)))));
      Scratch.deleteTree(ours);
      Files.move(work, ours, StandardCopyOption.ATOMIC_MOVE);
      return get(wish);
    } catch (IOException e) {
      throw notWritten(ours, e);
    } finally {
      try {
        Scratch.deleteTree(work);
      } catch (IOException e) {
        // The next fetch begins by deleting it.
      }
    }
  }

  private static Path imageIn(Path tree, Path file) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> f.getFileName().toString().startsWith("vmlinuz"))
          .findFirst()
          .orElseThrow(
              () -> Refusal.environment("there is no kernel (vmlinuz) in " + file.getFileName()));
    }
  }

  static boolean isFull(Path folder) {
    return freeBytes(folder) < 1 << 20;
  }

  /** Bytes that can be written there. */
  static long freeBytes(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // Whoever writes will say why it cannot.
    }
  }

  static Refusal notWritten(Path where, IOException e) {
    return new Refusal(
        Refusal.Kind.ENVIRONMENT,
        where + " cannot be written (" + e.getMessage() + "); is the disk full?",
        e);
  }

  static String sha256(Path file) {
    try {
      return Hash.of(file).hex();
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT, file + " cannot be read: " + DurableFile.reason(e), e);
    }
  }
}
