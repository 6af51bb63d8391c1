package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Brings kernels of Debian, and the shell that guests need, into the cache. */
public final class KernelFetch {
  private static final String DEBIAN = "debian:";
  private static final String BUSYBOX = "busybox";

  private final KernelStore store;
  private final GuestArch arch;
  private final String mirror;
  private final Consumer<String> told;

  /**
   * @param mirror empty: the one this machine's apt uses
   * @param told gets a line for each step
   */
  public KernelFetch(KernelStore store, GuestArch arch, String mirror, Consumer<String> told) {
    this.store = store;
    this.arch = arch;
    this.mirror = mirror;
    this.told = told;
  }

  /**
   * Fetches what is not there yet.
   *
   * @param wishes {@code debian:6.12} or {@code 6.12} each
   * @param again also what is there
   * @param libbpf Debian's for the guests as well; another architecture's have it always
   * @param newerEmulator also a QEMU for guests with several processors, where this machine's is
   *     too old
   * @throws Refusal where a kernel cannot be had
   */
  public List<KernelImage> fetch(
      List<String> wishes, boolean again, boolean libbpf, boolean newerEmulator) {
    List<String> versions = wishes.stream().map(KernelFetch::version).distinct().toList();
    boolean all = versions.stream().allMatch(v -> store.find(v).isPresent());
    DebianPrograms programs = new DebianPrograms(store, arch);
    boolean wanted = libbpf || !arch.isThisMachines();
    DebianEmulator emulator = new DebianEmulator(store, arch);
    boolean emulatorWanted = newerEmulator && emulator.isMissing();
    boolean whole =
        Files.isExecutable(busybox(store, arch))
            && (!wanted || programs.areThere())
            && !emulatorWanted;
    if (all && !again && whole) {
      return versions.stream().map(store::get).toList();
    }
    AptArchive archive =
        new AptArchive(
            store.folder().resolve("apt").resolve(arch.debian()),
            arch,
            mirror.isEmpty() ? HostMirror.of(Path.of("/etc/apt")) : mirror);
    told.accept("reading Debian's package lists");
    archive.update();
    fetchBusybox(archive);
    if (emulatorWanted) {
      told.accept("fetching a newer QEMU");
      emulator.fetch(archive);
    }
    if (wanted && (again || !programs.areThere())) {
      told.accept(
          "fetching %slibbpf and libraries for %s"
              .formatted(arch.isThisMachines() ? "" : "Java, ", arch.debian()));
      programs.fetch(archive);
    }
    List<PackageList.KernelPackage> known = archive.kernels();
    List<KernelImage> images = new ArrayList<>();
    for (String version : versions) {
      images.add(
          !again && store.find(version).isPresent()
              ? store.get(version)
              : fetch(archive, known, version));
    }
    return images;
  }

  private KernelImage fetch(
      AptArchive archive, List<PackageList.KernelPackage> known, String version) {
    PackageList.KernelPackage newest =
        known.stream()
            .filter(kernel -> kernel.matches(version))
            .max(PackageList.KernelPackage.byRelease())
            .orElseThrow(() ->
                Refusal.environment(
                    "Debian has no cloud kernel %s for %s; there are %s"
                        .formatted(
                            version,
                            arch.debian(),
                            known.stream()
                                .sorted(PackageList.KernelPackage.byRelease())
                                .map(PackageList.KernelPackage::release)
                                .distinct()
                                .collect(Collectors.joining(", ")))));
    told.accept("fetching " + newest.name() + " " + newest.version());
    Path file = archive.download(newest.name() + "=" + newest.version());
    try {
      KernelImage image = store.unpack(file, version, newest);
      newest.modules().ifPresent(modules -> fetchBeside(archive, modules, version));
      if (store.configuration(image).isEmpty()) {
        // Of kernels in several packages.
        newest
            .modules()
            .map(modules -> modules.replaceFirst("^linux-modules-", "linux-base-"))
            .ifPresent(base -> fetchBeside(archive, base, version));
      }
      return image;
    } finally {
      delete(file);
    }
  }

  /**
   * What lies in packages of its own. Without it the kernel boots as well; what needs it is
   * unavailable there, and says so.
   */
  private void fetchBeside(AptArchive archive, String name, String version) {
    told.accept("fetching " + name);
    try {
      Path file = archive.download(name);
      try {
        store.addBeside(file, version);
      } finally {
        delete(file);
      }
    } catch (Refusal e) {
      told.accept("kept without it: " + e.getMessage());
    }
  }

  private void fetchBusybox(AptArchive archive) {
    Path busybox = busybox(store, arch);
    if (Files.isExecutable(busybox)) {
      return;
    }
    told.accept("fetching busybox-static");
    Path file = archive.download("busybox-static");
    Path tree = store.folder().resolve("busybox.part");
    try {
      Scratch.deleteTree(tree);
      Files.createDirectories(tree);
      HostProgram.Ended ended =
          HostProgram.run(tree, List.of("dpkg-deb", "-x", file.toString(), "."));
      try (var files = Files.walk(tree)) {
        Path program =
            files
                .filter(f -> f.endsWith(BUSYBOX) && Files.isExecutable(f) && Files.isRegularFile(f))
                .findFirst()
                .orElseThrow(() ->
                    Refusal.environment(
                        "there is no busybox in " + file.getFileName() + ": " + ended.lastWords()));
        Files.createDirectories(busybox.resolveSibling(""));
        Files.move(program, busybox, StandardCopyOption.REPLACE_EXISTING);
      }
      Scratch.deleteTree(tree);
    } catch (IOException e) {
      throw KernelStore.notWritten(busybox, e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A leftover in the cache: the next fetch of the same package overwrites it.
    }
  }

  /** Where the guests' shell of an architecture is, once fetched. */
  static Path busybox(KernelStore store, GuestArch arch) {
    return store.folder().resolve("tools").resolve(arch.debian()).resolve(BUSYBOX);
  }

  /**
   * {@code debian:6.12} → {@code 6.12}.
   *
   * @throws Refusal where it is no version
   */
  static String version(String wish) {
    String version = wish.startsWith(DEBIAN) ? wish.substring(DEBIAN.length()) : wish;
    if (!version.matches("\\d+(\\.\\d+)+[\\w.+~-]*")) {
      throw Refusal.usage(
          "'%s' is not a kernel version; write it as debian:6.12 or 6.12".formatted(wish));
    }
    return version;
  }
}
