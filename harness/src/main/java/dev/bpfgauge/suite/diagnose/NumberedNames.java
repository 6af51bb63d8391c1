package dev.bpfgauge.suite.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** Tables of the jar: a number and its name in each line. */
final class NumberedNames {
  private NumberedNames() {}

  /** That of a file below system-calls/, without its {@code .txt}. */
  static Map<Integer, String> read(String table) {
    String resource = "/system-calls/" + table + ".txt";
    try (InputStream in = NumberedNames.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no " + resource + " in this program");
      }
      Map<Integer, String> names = new HashMap<>();
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
        lines
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split(" ", 2))
            .forEach(fields -> names.put(Integer.parseInt(fields[0]), fields[1]));
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
