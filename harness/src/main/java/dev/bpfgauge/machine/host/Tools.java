package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs on the PATH, and what they say of themselves. */
final class Tools {
  private Tools() {}

  private static final long VERSION_TIMEOUT_MILLIS = 2000;

  /** Where a program is, by the given PATH; sbin folders are looked into besides. */
  static Optional<Path> find(String program, String path) {
    for (String folder : (path + ":/usr/local/sbin:/usr/sbin:/sbin").split(":", -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, program);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  static Optional<Path> find(String program) {
    return find(program, System.getenv().getOrDefault("PATH", ""));
  }

  /** The first line of {@code program --version}, or empty where it does not answer. */
  static Optional<String> version(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(VERSION_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return output.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** {@code stress-ng, version 0.15.06 (gcc 12.2.0, …)} → {@code 0.15.06}. */
  static String stressNgVersion(String line) {
    String[] words = line.split("[\\s,]+", -1);
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].equals("version")) {
        return words[i + 1];
      }
    }
    return line;
  }
}
