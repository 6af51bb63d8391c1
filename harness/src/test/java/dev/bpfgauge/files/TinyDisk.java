package dev.bpfgauge.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real file system that is soon full: a tmpfs of a few KB, unmounted on close. Needs root. */
public final class TinyDisk implements AutoCloseable {
  private final Path path;

  private TinyDisk(Path path) {
    this.path = path;
  }

  public static boolean mayMount() {
    return "root".equals(System.getProperty("user.name"));
  }

  public static TinyDisk mount(Path path, String size) throws IOException {
    Files.createDirectory(path);
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "bpfgauge-test", path.toString());
    return new TinyDisk(path);
  }

  public Path path() {
    return path;
  }

  void remountReadOnly() throws IOException {
    run("mount", "-o", "remount,ro", path.toString());
  }

  /** Takes all free space. */
  void fill() throws IOException {
    try (var out = Files.newOutputStream(path.resolve("ballast"))) {
      while (true) {
        out.write(new byte[256]);
      }
    } catch (IOException full) {
      if (!String.valueOf(full.getMessage()).contains("No space left")) {
        throw full;
      }
    }
  }

  void free() throws IOException {
    Files.delete(path.resolve("ballast"));
  }

  @Override
  public void close() throws IOException {
    run("umount", path.toString());
    Files.delete(path);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // The output has ended, so the process has too: onExit().join() cannot be interrupted.
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(List.of(command) + ": " + said.strip());
    }
  }
}
