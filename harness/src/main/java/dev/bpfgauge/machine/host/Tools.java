package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What programs say of their version. */
final class Tools {
  private Tools() {}

  private static final long VERSION_TIMEOUT_MILLIS = 2000;

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
