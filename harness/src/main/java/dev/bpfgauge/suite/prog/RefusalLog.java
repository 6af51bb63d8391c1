package dev.bpfgauge.suite.prog;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that libbpf and the verifier said of a program that a kernel refuses, as it lies in a run's
 * folder between a line that names the program and one that ends it.
 *
 * @param object the object's name in the run
 * @param place the kernel and version that a guest's console is named after, or the version; empty
 *     for this machine where there is one version
 * @param file in the run's folder
 */
public record RefusalLog(String object, String program, String place, Path file, String text) {
  private static final String END = "<<< end of log";
  private static final Pattern BEGIN = Pattern.compile(">>> log of (\\S+) (\\S+) ?(\\S*)");
  private static final Pattern CONSOLE = Pattern.compile("(.+)-boot\\d+(?:-\\d+)?\\.log");

  /** What stands in a fork's log. */
  static String framed(ProgCell cell, String arm, String log) {
    return ">>> log of %s %s %s\n%s\n%s"
        .formatted(
            cell.object(),
            cell.program(),
            List.of(ProgSuite.OLD, ProgSuite.NEW).contains(arm) ? arm : "",
            log.stripTrailing(),
            END);
  }

  /** The first of each program and place; empty where a folder has none. */
  public static List<RefusalLog> in(Path run) {
    Map<List<String>, RefusalLog> all = new LinkedHashMap<>();
    for (Path file : files(run)) {
      for (RefusalLog log : in(run, file)) {
        all.putIfAbsent(List.of(log.object, log.program, log.place), log);
      }
    }
    return List.copyOf(all.values());
  }

  private static List<Path> files(Path run) {
    List<Path> files = new ArrayList<>(List.of(run.resolve("forks.log")));
    try (Stream<Path> guests = Files.list(run.resolve("guests"))) {
      files.addAll(guests.sorted().toList());
    } catch (IOException e) {
      // A run on this machine has no guests.
    }
    return files.stream().filter(Files::isRegularFile).toList();
  }

  private static List<RefusalLog> in(Path run, Path file) {
    Matcher console = CONSOLE.matcher(String.valueOf(file.getFileName()));
    String guest = console.matches() ? console.group(1) : "";
    List<RefusalLog> found = new ArrayList<>();
    try (Stream<String> lines = ForeignText.lines(file)) {
      Matcher begin = null;
      StringBuilder text = new StringBuilder();
      for (String line : (Iterable<String>) lines::iterator) {
        Matcher matcher = BEGIN.matcher(line);
        if (matcher.matches()) {
          begin = matcher;
          text.setLength(0);
        } else if (begin != null && line.equals(END)) {
          found.add(
              new RefusalLog(
                  begin.group(1),
                  begin.group(2),
                  guest.isEmpty() ? begin.group(3) : guest,
                  run.relativize(file),
                  text.toString()));
          begin = null;
        } else {
          text.append(line).append('\n');
        }
      }
      return found;
    } catch (IOException e) {
      return List.of();
    }
  }
}
