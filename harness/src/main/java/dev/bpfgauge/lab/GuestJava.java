package dev.bpfgauge.lab;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Program;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The guests' Java: a small runtime made from this JVM's JDK, and this program's classes. */
final class GuestJava {
  /** What the program in the guest needs; java.xml is asked for by Jackson. */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.xml,jdk.unsupported";

  /** A cell that needs no BPF: what it loads is archived for the guests. */
  private static final Cell REHEARSED = new Cell(Cell.FLOOR, "floor.getppid", Map.of(), "");

  private static final Pattern LIBRARY =
      Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)$", Pattern.MULTILINE);

  private final Path runtime;
  private final Path classes;

  private GuestJava(Path runtime, Path classes) {
    this.runtime = runtime;
    this.classes = classes;
  }

  /**
   * Made where the cache does not have it.
   *
   * @param cache where it is kept
   * @param work folder that nobody else uses
   * @param rehearsal the program whose classes are archived; it takes what {@link GuestMain} takes
   * @throws Refusal where it cannot be made
   */
  static GuestJava in(Path cache, Path work, Class<?> rehearsal) {
    Path runtime = runtime(cache, work);
    return new GuestJava(runtime, classes(runtime, jar(), work, rehearsal));
  }

  Path java() {
    return runtime.resolve("bin/java");
  }

  /** The guest program's classes, read and checked beforehand. */
  Path classes() {
    return classes;
  }

  /**
   * Name in the guest → file of the runtime, and of what it and these programs are linked with.
   *
   * @throws Refusal where that cannot be read
   */
  SortedMap<String, Path> files(List<Path> programs) {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(runtime)) {
      all.filter(GuestJava::needed)
          .forEach(f -> files.put(GuestPrograms.JAVA + runtime.relativize(f), f));
      List<Path> linked = new ArrayList<>(List.of(java()));
      linked.addAll(programs);
      files.putAll(libraries(runtime, linked));
      return files;
    } catch (IOException e) {
      throw Refusal.environment("the guests' Java cannot be read: " + e.getMessage());
    }
  }

  /**
   * This program's jar.
   *
   * @throws Refusal where it was started from a folder of classes
   */
  static Path jar() {
    try {
      Path file =
          Path.of(GuestJava.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(file)) {
        return file;
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this program's place is no path", e);
    }
    throw Refusal.environment(
        "guests get harness.jar, but this is not started from it: " + Program.command("kernels"));
  }

  /** A small runtime made from this JVM's JDK, kept in the cache. */
  private static Path runtime(Path cache, Path work) {
    Path home = Path.of(System.getProperty("java.home"));
    Path runtime = cache.resolve("runtime-" + Runtime.version() + "-" + MODULES.hashCode());
    if (Files.isExecutable(runtime.resolve("bin/java"))) {
      return runtime;
    }
    Path jlink = home.resolve("bin/jlink");
    if (!Files.isExecutable(jlink)) {
      throw Refusal.environment(
          "there is no jlink in " + home + ", which makes the guests' Java: use a whole JDK 25");
    }
    Path part = work.resolve("runtime");
    try {
      HostProgram.Ended ended =
          HostProgram.run(
              cache,
              List.of(
                  jlink.toString(),
                  "--add-modules",
                  MODULES,
                  "--strip-java-debug-attributes",
                  "--no-header-files",
                  "--no-man-pages",
                  "--exclude-files=**.debuginfo",
                  "--generate-cds-archive",
                  "--output",
                  part.toString()));
      if (!ended.wentWell()) {
        throw Refusal.environment("jlink fails: " + ended.lastWords());
      }
      Files.move(part, runtime, StandardCopyOption.ATOMIC_MOVE);
      return runtime;
    } catch (IOException e) {
      if (Files.isExecutable(runtime.resolve("bin/java"))) {
        return runtime; // Another harness made it meanwhile.
      }
      throw KernelStore.notWritten(runtime, e);
    }
  }

  /** The guest program's classes, read and checked beforehand: that takes an emulator seconds. */
  private static Path classes(Path runtime, Path jar, Path work, Class<?> rehearsal) {
    String name =
        rehearsal.getSimpleName().toLowerCase(Locale.ROOT)
            + "-"
            + KernelStore.sha256(jar).substring(0, 16)
            + GuestFiles.ARCHIVE;
    Path classes = runtime.resolveSibling(runtime.getFileName() + "-" + name);
    try {
      if (Files.isRegularFile(classes)) {
        GuestFiles.used(classes);
        return classes;
      }
      Path made = work.resolve("classes");
      HostProgram.Ended ended = archive(runtime, jar, made, rehearsal);
      if (!Files.isRegularFile(made)) {
        throw Refusal.environment("the guests' classes cannot be archived: " + ended.lastWords());
      }
      return Files.move(made, classes, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw KernelStore.notWritten(classes, e);
    }
  }

  /** Measures one cell here, for the classes that this loads. */
  private static HostProgram.Ended archive(Path runtime, Path jar, Path archive, Class<?> rehearsal)
      throws IOException {
    Path task = archive.resolveSibling("one-cell");
    // The JVM takes an archive only for a file of the same name and time.
    Path named = archive.resolveSibling("harness.jar");
    Files.copy(jar, named, StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(
        task, new GuestTask(List.of(REHEARSED), GuestMode.FUNCTIONAL.word(), 0).text());
    return HostProgram.run(
        archive.resolveSibling(""),
        List.of(
            "env",
            GuestMain.CELLS + "=0-0",
            GuestMain.WANTED + "=" + GuestBoard.read(Roots.SYSTEM).text(),
            runtime.resolve("bin/java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:ArchiveClassesAtExit=" + archive,
            "-cp",
            named.toString(),
            rehearsal.getName(),
            task.toString(),
            "/dev/null"));
  }

  /**
   * The rest would only be copied: Debian's JDK brings 700 MB of debugging information along, more
   * than a guest's memory holds.
   */
  static boolean needed(Path file) {
    return Files.isRegularFile(file)
        && !file.endsWith("classes_nocoops.jsa")
        && !file.toString().endsWith(".debuginfo")
        && !file.toString().contains("/legal/");
  }

  /**
   * What the runtime and these programs are linked with: name in the guest → file. The dynamic
   * linker keeps its path, which programs name.
   */
  private static SortedMap<String, Path> libraries(Path runtime, List<Path> programs)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("ldd"));
    programs.forEach(program -> command.add(program.toString()));
    try (Stream<Path> files = Files.walk(runtime.resolve("lib"))) {
      files.filter(file -> file.toString().endsWith(".so")).forEach(f -> command.add(f.toString()));
    }
    SortedMap<String, Path> found = new TreeMap<>();
    Matcher library = LIBRARY.matcher(HostProgram.run(Path.of("/"), command).output());
    while (library.find()) {
      Path file = Path.of(library.group(1));
      String name = file.getFileName().toString();
      if (name.startsWith("ld-")) {
        found.put(file.toString().substring(1), file);
      } else if (!file.startsWith(runtime)) {
        found.put(GuestPrograms.LIBRARIES + name, file);
      }
    }
    if (found.isEmpty()) {
      throw new IOException("ldd does not say which libraries guests need");
    }
    return found;
  }
}
