package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder shaped like another machine, from one of the trees in machines/ (see README.md there).
 */
record FakeMachine(Path root) {

  private static final Pattern RANGE = Pattern.compile("\\{(\\d+)-(\\d+)}");

  static FakeMachine of(String tree, Path root) throws IOException {
    FakeMachine machine = new FakeMachine(root);
    String name = "machines/" + tree + ".tree";
    try (InputStream in = FakeMachine.class.getResourceAsStream(name)) {
      String text = new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
      for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
        String[] sides = line.split(" = ", 2);
        for (String path : expanded(sides[0])) {
          machine.put(path, sides[1]);
        }
      }
    }
    return machine;
  }

  private static List<String> expanded(String path) {
    Matcher range = RANGE.matcher(path);
    if (!range.find()) {
      return List.of(path);
    }
    int first = Integer.parseInt(range.group(1));
    int last = Integer.parseInt(range.group(2));
    return IntStream.rangeClosed(first, last)
        .mapToObj(number -> range.replaceFirst(Integer.toString(number)))
        .toList();
  }

  void put(String path, String value) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, value + "\n");
  }

  Roots roots() {
    return Roots.under(root);
  }

  /** A file below sys/devices/system/cpu. */
  Path cpuFile(String path) {
    return root.resolve("sys/devices/system/cpu").resolve(path);
  }

  String cpu(String path) throws IOException {
    return Files.readString(cpuFile(path)).strip();
  }

  /** Every setting with its value; the latency device is none. */
  Map<String, String> settings() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root.resolve("sys"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.put(root.relativize(file).toString(), Files.readString(file).strip());
      }
    }
    return all;
  }
}
