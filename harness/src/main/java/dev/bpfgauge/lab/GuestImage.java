package dev.bpfgauge.lab;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.maps.MapsSuite;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The initramfs of a guest: a shell, a small Java runtime, this jar, libbpf with the libraries it
 * needs, and the task. Not packed: unpacking would take the guest seconds.
 */
final class GuestImage {
  /** The runtime's own archive of classes, and the guest program's. */
  static final String ARCHIVES = "/jre/lib/server/classes.jsa:/" + GuestPrograms.CLASSES;

  private static final String STRESS_NG = "stress-ng";

  /** Ending of a program that is compiled. */
  private static final String C = ".c";

  private final KernelStore store;
  private final GuestArch arch;
  private final Wishes wishes;
  private final DebianPrograms debian;
  private final Path cache;
  private final Path busybox;

  GuestImage(KernelStore store, GuestArch arch, Wishes wishes) {
    this.store = store;
    this.arch = arch;
    this.wishes = wishes;
    this.debian = new DebianPrograms(store, arch);
    this.cache = store.folder();
    this.busybox = KernelFetch.busybox(store, arch);
  }

  /**
   * What must be equal for two runs to be comparable.
   *
   * @throws Refusal where what guests run was not fetched
   */
  SortedMap<String, String> versions() {
    SortedMap<String, String> versions = new TreeMap<>();
    if (arch.isThisMachines()) {
      versions.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
    }
    if (!arch.isThisMachines() || wishes.debianLibbpf()) {
      versions.putAll(debian.versions());
    } else {
      versions.put("libbpf", libbpf().getFileName().toString());
    }
    guestPrograms()
        .forEach((name, file) ->
            versions.put("guest's " + name, "sha256 " + KernelStore.sha256(file).substring(0, 12)));
    if (wishes.diskMegabytes() > 0) {
      versions.put("guest's disk", wishes.diskMegabytes() + " MB, NVMe, ext4");
    }
    return versions;
  }

  /**
   * Writes the initramfs of guests that measure cells.
   *
   * @param kernels that are booted with it; each finds its own modules
   * @param profiles that guests are brought into
   * @param inputs name in the guest, without a slash in front → file of this machine
   * @throws Refusal where a part of it is not there
   */
  void write(
      Path file,
      GuestTask task,
      List<KernelImage> kernels,
      List<String> profiles,
      SortedMap<String, Path> inputs) {
    boolean loaded = profiles.stream().anyMatch(profile -> !profile.equals(LabRequest.UNLOADED));
    SortedMap<String, Path> files = new TreeMap<>(inputs);
    if (loaded) {
      profileFiles(files, profiles);
    }
    write(file, MEASURE, task.text(), kernels, GuestModule.neededBy(task.cells()), loaded, files);
  }

  /**
   * Writes the initramfs of a guest that carries a command out, see {@link GuestCommand}.
   *
   * @param arguments of this program there
   * @param inputs name in the guest, without a slash in front → file of this machine
   * @throws Refusal where a part of it is not there
   */
  void write(
      Path file, List<String> arguments, KernelImage kernel, SortedMap<String, Path> inputs) {
    String task = String.join("\n", arguments);
    write(file, CARRY_OUT, task, List.of(kernel), List.of(), false, inputs);
  }

  private void write(
      Path file,
      String javaCommand,
      String task,
      List<KernelImage> kernels,
      List<GuestModule> modules,
      boolean loaded,
      SortedMap<String, Path> inputs) {
    if (!Files.isExecutable(busybox)) {
      throw Refusal.environment(
          "the guests' shell is not in the cache; fetch it with a kernel: "
              + Program.command("kernels", "fetch", "debian:6.12", "--arch", arch.debian()));
    }
    if (!arch.isThisMachines() && (loaded || !wishes.programs().isEmpty())) {
      throw Refusal.environment(
          "guests get this machine's programs%s, so they must be of its own architecture"
              .formatted(loaded ? " (stress-ng)" : ""));
    }
    GuestPrograms programs =
        arch.isThisMachines()
            ? own(
                file.resolveSibling(""),
                loaded,
                javaCommand.equals(CARRY_OUT) ? Rehearsal.class : GuestMain.class)
            : debian.programs();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        Cpio cpio = new Cpio(out)) {
      if (arch == GuestArch.AMD64 && wishes.possibleCpus() > Math.max(1, wishes.board().cpus())) {
        cpio.bytes(ProcessorTable.FILE, ProcessorTable.of(wishes.possibleCpus()));
      }
      cpio.folder("dev");
      cpio.device("dev/console", 5, 1);
      cpio.device("dev/null", 1, 3);
      for (String folder : List.of("proc", "sys", "tmp", "bin")) {
        cpio.folder(folder);
      }
      cpio.file("bin/busybox", busybox);
      cpio.file("harness.jar", GuestJava.jar());
      if (loaded || !wishes.programs().isEmpty()) {
        cpio.link("bin/sh", "busybox");
      }
      for (Map.Entry<String, Path> input : inputs.entrySet()) {
        cpio.file(input.getKey(), input.getValue());
      }
      for (Map.Entry<String, Path> program : programs.files().entrySet()) {
        cpio.file(program.getKey(), program.getValue());
      }
      for (KernelImage kernel : kernels.stream().distinct().toList()) {
        modules(cpio, kernel, modules);
        configuration(cpio, kernel);
      }
      cpio.text(GuestTask.FILE, task, false);
      cpio.text("init", init(programs, modules, javaCommand), true);
    } catch (IOException e) {
      throw KernelStore.notWritten(file, e);
    }
  }

  private void modules(Cpio cpio, KernelImage kernel, List<GuestModule> modules)
      throws IOException {
    for (Path kept : store.modules(kernel)) {
      String name = kept.getFileName().toString();
      if (modules.stream().anyMatch(module -> module.isIn(name))) {
        cpio.file("modules/%s/%s".formatted(kernel.release(), name), kept);
      }
    }
  }

  /** Where libbpf looks for it, for programs that read it (__kconfig). */
  private void configuration(Cpio cpio, KernelImage kernel) throws IOException {
    Optional<Path> file = store.configuration(kernel);
    if (file.isPresent()) {
      cpio.file("boot/config-" + kernel.release(), file.get());
    }
  }

  /** The user's own profiles, where the guest's program looks for them. */
  private static void profileFiles(SortedMap<String, Path> files, List<String> profiles) {
    for (String part : String.join("+", profiles).split("\\+", -1)) {
      Path file =
          part.contains("/") || part.endsWith(".yaml")
              ? Path.of(part)
              : Path.of("stress-profiles", part + ".yaml");
      if (Files.isRegularFile(file)) {
        files.put(Path.of("/").resolve(file).normalize().toString().substring(1), file);
      }
    }
  }

  /** The first program of a guest. Its end is the guest's. */
  private static final String INIT =
      """
      #!/bin/busybox sh
      b=/bin/busybox
      $b mount -t devtmpfs devtmpfs /dev
      $b mount -t proc proc /proc
      $b mount -t sysfs sysfs /sys
      $b mount -t tmpfs tmpfs /tmp
      $b mount -t bpf bpf /sys/fs/bpf
      $b mount -t tracefs tracefs /sys/kernel/tracing
      $b mount -t debugfs debugfs /sys/kernel/debug
      $b mount -t securityfs securityfs /sys/kernel/security
      $b mount -t cgroup2 cgroup2 /sys/fs/cgroup
      $b ip link set lo up
      MODULES
      DISK
      export LD_LIBRARY_PATH=/lib/bpfgauge HOME=/tmp PATH=/bin LC_ALL=C.UTF-8
      read up rest </proc/uptime
      echo "up for $up s: Java starts"
      JAVA
      echo "the guest's JVM ended with exit code $?"
      $b poweroff -f
      """;

  /** What is timed in Java is compiled after a tenth of the usual calls: named by its packages. */
  private static final String SOONER =
      Stream.of(Meter.class, MapsSuite.class, HooksSuite.class)
          .map(type ->
              "-XX:CompileCommand=CompileThresholdScaling," + type.getPackageName() + ".*::*,0.1")
          .collect(Collectors.joining(" "));

  /** A JVM that measures; one line of the script. */
  private static final String MEASURE =
      """
      /jre/bin/java -XX:+UseSerialGC -Xms128m -Xmx256m -XX:-UsePerfData \\
        -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 CLASSES -Xlog:cds=off -Xlog:aot=off -XX:CompileCommand=quiet \\
        -XX:TieredStopAtLevel=1 -XX:-BackgroundCompilation \\
        SOONER \\
        -XX:ErrorFile=/dev/console --enable-native-access=ALL-UNNAMED \\
        -Dbpfgauge.libbpf=/lib/bpfgauge/libbpf.so.1 -Dbpfgauge.compiled=/bin -Dbpfgauge.objects=/objects \\
        -cp /harness.jar dev.bpfgauge.lab.GuestMain /TASK /dev/CHANNEL </dev/null
      """;

  /** One that carries a command out; its child, which does, has the options it needs itself. */
  private static final String CARRY_OUT =
      """
      /jre/bin/java -XX:+UseSerialGC -Xmx64m -XX:-UsePerfData -XX:TieredStopAtLevel=1 \\
        -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 CLASSES -Xlog:cds=off -Xlog:aot=off \\
        -cp /harness.jar dev.bpfgauge.lab.Courier /TASK /dev/CHANNEL </dev/null
      """;

  /** A disk comes up by itself, soon. */
  private static final String MOUNT =
      """
      tries=0
      while [ ! -b /dev/nvme0n1 ] && [ $tries -lt 50 ]; do
        $b usleep 100000
        tries=$((tries + 1))
      done
      $b mkdir %1$s
      $b mount -t ext4 /dev/nvme0n1 %1$s
      $b grep %1$s /proc/mounts
      """
          .formatted(Wishes.DISK);

  private String init(GuestPrograms programs, List<GuestModule> modules, String javaCommand) {
    boolean archived = programs.files().containsKey(GuestPrograms.CLASSES);
    return INIT.replace("JAVA\n", javaCommand)
        .replace("MODULES\n", GuestModule.script(modules))
        .replace("DISK\n", wishes.diskMegabytes() > 0 ? MOUNT : "")
        .replace("CHANNEL", arch.channel())
        .replace("TASK", GuestTask.FILE)
        .replace("SOONER", SOONER)
        .replace("CLASSES", archived ? "-XX:SharedArchiveFile=" + ARCHIVES : "");
  }

  /**
   * This machine's Java, and its libbpf or Debian's.
   *
   * @param work folder that nobody else uses
   * @param loaded its stress-ng as well
   * @param rehearsal see {@link GuestJava#in}
   */
  private GuestPrograms own(Path work, boolean loaded, Class<?> rehearsal) {
    GuestJava java = GuestJava.in(cache, work, rehearsal);
    List<Path> linked = new ArrayList<>();
    SortedMap<String, Path> files = new TreeMap<>();
    if (!wishes.debianLibbpf()) {
      linked.add(libbpf());
      files.put(GuestPrograms.LIBRARIES + "libbpf.so.1", libbpf());
    }
    SortedMap<String, Path> programs = new TreeMap<>(guestPrograms());
    if (loaded) {
      programs.put(STRESS_NG, stressNg());
    }
    linked.addAll(programs.values());
    programs.forEach((name, file) -> files.put("bin/" + name, file));
    files.putAll(java.files(linked));
    files.put(GuestPrograms.CLASSES, java.classes());
    return new GuestPrograms(wishes.debianLibbpf() ? withDebianLibbpf(files) : files);
  }

  /** Name in the guest's folder of programs → file of this machine, of those that it has. */
  private SortedMap<String, Path> guestPrograms() {
    SortedMap<String, Path> found = new TreeMap<>();
    for (String wish : wishes.programs()) {
      if (wish.endsWith(C)) {
        String name = wish.substring(0, wish.length() - C.length());
        found.put(name, CProgram.ofThisSession(name, Path.of("/dev/null")).file());
      } else {
        Optional<Path> debians = wishes.debianLibbpf() ? debian.program(wish) : Optional.empty();
        debians.or(() -> SearchPath.find(wish)).ifPresent(file -> found.put(wish, file));
      }
    }
    return found;
  }

  /** Debian's C library comes with it, and has to be the one that this machine's programs use. */
  private SortedMap<String, Path> withDebianLibbpf(SortedMap<String, Path> files) {
    if (!files.containsKey(arch.loader())) {
      throw Refusal.environment(
          "this machine's Java is not linked with the GNU C library (/%s), so it cannot run with"
                  .formatted(arch.loader())
              + " Debian's libbpf: leave out --debian-libbpf");
    }
    SortedMap<String, Path> all = new TreeMap<>(files);
    all.putAll(debian.programs().files());
    return all;
  }

  /** The libbpf that this process has loaded. */
  private static Path libbpf() {
    String missing = LibBpf.unavailable().orElse("");
    if (!missing.isEmpty()) {
      throw Refusal.environment("guests get this machine's libbpf: " + missing);
    }
    try (Stream<String> maps = ForeignText.lines(Path.of("/proc/self/maps"))) {
      return maps.map(line -> line.substring(Math.max(0, line.indexOf('/'))))
          .filter(path -> path.contains("libbpf.so"))
          .map(Path::of)
          .findFirst()
          .orElseThrow(() -> Refusal.environment("libbpf is loaded from no file"));
    } catch (IOException e) {
      throw Refusal.environment("/proc/self/maps cannot be read: " + e.getMessage());
    }
  }

  private static Path stressNg() {
    return SearchPath.find(STRESS_NG)
        .orElseThrow(() ->
            Refusal.environment(
                "guests get this machine's stress-ng, which is missing: apt-get install -y"
                    + " stress-ng"));
  }
}
