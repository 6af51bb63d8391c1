package dev.bpfgauge.export;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A package of this machine's distribution, unpacked into the user's cache and not installed: its
 * services are not started, and root is not needed.
 */
public final class DebianPackage {
  private DebianPackage() {}

  /**
   * A program of one of these packages: it may have got a package of its own.
   *
   * @param path below the package's root
   */
  public static Path program(String path, String... packages)
      throws IOException, InterruptedException {
    for (String name : packages) {
      Path program = unpacked(name).resolve(path);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    Requires.that(false, path + " in the Debian package " + String.join(" or ", packages));
    throw new IllegalStateException("a test that lacks something is skipped or fails");
  }

  /** Where its files are; skips or fails the test where it cannot be had. */
  static Path unpacked(String name) throws IOException, InterruptedException {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
            .resolve("bpfgauge/test-packages");
    Path whole = folder.resolve(name);
    if (!Files.isDirectory(whole)) {
      Files.createDirectories(folder);
      Path fresh = Files.createTempDirectory(folder, name + ".");
      Requires.that(
          download(name, fresh) || (run(fresh, "apt-get", "update") && download(name, fresh)),
          "the Debian package " + name + ", by apt-get download and dpkg-deb");
      Files.move(fresh, whole);
    }
    return whole;
  }

  private static boolean download(String name, Path into) throws IOException, InterruptedException {
    if (!run(into, "apt-get", "-q", "download", name)) {
      return false;
    }
    try (Stream<Path> files = Files.list(into)) {
      Path archive =
          files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
      boolean unpacked = run(into, "dpkg-deb", "-x", archive.toString(), into.toString());
      Files.delete(archive);
      return unpacked;
    }
  }

  private static boolean run(Path folder, String... command)
      throws IOException, InterruptedException {
    try {
      return Ended.of(folder, Map.of(), "", List.of(command)).exitCode() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /**
   * How a program ended.
   *
   * @param output both streams
   */
  public record Ended(int exitCode, String output) {

    public static Ended of(
        Path folder, Map<String, String> environment, String input, List<String> command)
        throws IOException, InterruptedException {
      Path out = Files.createTempFile("ended", ".txt");
      Path in = Files.writeString(Files.createTempFile("input", ".txt"), input);
      try {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        Process process =
            builder
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(Patience.SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        return new Ended(ended ? process.exitValue() : -1, Files.readString(out));
      } finally {
        Files.delete(out);
        Files.delete(in);
      }
    }
  }
}
