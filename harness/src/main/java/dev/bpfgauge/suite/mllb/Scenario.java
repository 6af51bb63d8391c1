package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.Programs;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the machine does while decisions are recorded or schedulers compared: the four loads of the
 * seed, and others that keep its run queues uneven. More tasks than CPUs in each, since with fewer
 * there is nothing to decide.
 */
public enum Scenario {
  /** stress-ng with all its ways to keep a CPU busy, three tasks a CPU and one more. */
  CPU {
    @Override
    public Work run(Place place) throws InterruptedException {
      return stressNg(place, "--cpu", text(3 * place.cpus() + 1), "--cpu-method", "all");
    }
  },

  /** Fibonacci numbers by threads (c/fibo.c): waves of threads that live shortly. */
  THREADS {
    @Override
    public Work run(Place place) throws InterruptedException {
      return ofOurs(place, "rounds", "fibo", text(place.length().toMillis()), "10");
    }
  },

  /** sysbench's random reads and writes of files, four threads a CPU. */
  IO {
    @Override
    public Work run(Place place) throws InterruptedException {
      return sysbench(place);
    }
  },

  /** The seed's mixture: two tasks that compute, two that sync, one that walks through memory. */
  MIXED {
    @Override
    public Work run(Place place) throws InterruptedException {
      return stressNg(
          place,
          "--cpu",
          text(Math.max(2, place.cpus())),
          "--io",
          "2",
          "--vm",
          "1",
          "--vm-bytes",
          place.vmBytes());
    }
  },

  /** Threads that compute and sleep at random (c/unbalance.c), six a CPU. */
  BURSTS {
    @Override
    public Work run(Place place) throws InterruptedException {
      return unbalanced(place, "bursts");
    }
  },

  /** Threads at different nice levels that hardly sleep. */
  NICE {
    @Override
    public Work run(Place place) throws InterruptedException {
      return unbalanced(place, "nice");
    }
  },

  /** Threads that move themselves between random sets of CPUs. */
  AFFINITY {
    @Override
    public Work run(Place place) throws InterruptedException {
      return unbalanced(place, "affinity");
    }
  },

  /** Nothing but what runs anyway. */
  IDLE {
    @Override
    public Work run(Place place) throws InterruptedException {
      Thread.sleep(place.length());
      return new Work(0, "operations", place.length().toNanos() / NANOS, null, Map.of());
    }
  };

  private static final double NANOS = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int FILES = 16;

  /** A line of sysbench's histogram: milliseconds, a bar, requests. */
  private static final Pattern BUCKET =
      Pattern.compile("^\\s*([\\d.]+) \\|\\**\\s+(\\d+)\\s*$", Pattern.MULTILINE);

  private static final Pattern METRIC =
      Pattern.compile("metrc: \\[\\d+] (\\S+)\\s+(\\d+)\\s+([\\d.]+)\\s+[\\d.]+\\s+[\\d.]+\\s.*");

  /**
   * Where and how long a scenario runs.
   *
   * @param length how long
   * @param cpus CPUs that it is to fill
   * @param memoryBytes of the machine
   * @param seed of what is random in it
   * @param folder where its files go
   * @param log where its complaints go
   */
  public record Place(
      Duration length, int cpus, long memoryBytes, long seed, Path folder, Path log) {

    /** The seed's gibibyte, but no more than a quarter of the memory. */
    private String vmBytes() {
      return Math.min(1L << 30, memoryBytes / 4) / 1024 + "K";
    }
  }

  /**
   * What a scenario did.
   *
   * @param operations how many
   * @param unit what an operation is, e.g. {@code bogo ops}
   * @param seconds in how long
   * @param latency of what the load itself times; null where it times nothing
   * @param more further figures by name with their unit
   */
  public record Work(
      double operations,
      String unit,
      double seconds,
      @Nullable Latency latency,
      Map<String, Double> more) {

    public Work {
      more = new TreeMap<>(more);
    }

    public double perSecond() {
      return operations / seconds;
    }
  }

  /**
   * A distribution of times in nanoseconds; NaN where the load does not say.
   *
   * @param mean the mean
   * @param p50 median
   * @param p95 95th percentile
   * @param p99 99th percentile
   * @param max the longest
   */
  public record Latency(double mean, double p50, double p95, double p99, double max) {}

  /**
   * Runs it to its end.
   *
   * @throws Refusal where one of its programs is missing
   * @throws IllegalStateException where it fails, or does nothing
   */
  public abstract Work run(Place place) throws InterruptedException;

  /** The word in cells and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The scenario of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  public static Scenario ofWord(String word) {
    return EnumWords.parse(List.of(values()), Scenario::word, "scenario", word);
  }

  /** Programs that scenarios need beside the C library, as a guest of the lab is given them. */
  public static final List<String> PROGRAMS =
      List.of("stress-ng", "sysbench", "fibo.c", "unbalance.c", "wakeups.c");

  private static String text(long number) {
    return Long.toString(number);
  }

  private static Work stressNg(Place place, String... stressors) throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.require("stress-ng").toString(),
                "--temp-path",
                place.folder().toString(),
                "--timeout",
                Math.max(1, place.length().toSeconds()) + "s",
                "--metrics-brief"));
    command.addAll(List.of(stressors));
    // Its figures go to standard error in some versions, to standard output in others.
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>&1", "sh"));
    shell.addAll(command);
    return parseStressNg(Programs.output(shell, place.log()));
  }

  /** What stress-ng's {@code --metrics-brief} says: bogo operations of all stressors. */
  static Work parseStressNg(String said) {
    double operations = 0;
    double seconds = 0;
    Map<String, Double> each = new TreeMap<>();
    for (String line : said.lines().toList()) {
      Matcher metric = METRIC.matcher(line.strip().replaceFirst("^stress-ng:\\s+", ""));
      if (metric.matches()) {
        double bogo = Double.parseDouble(metric.group(2));
        double took = Double.parseDouble(metric.group(3));
        operations += bogo;
        seconds = Math.max(seconds, took);
        each.put("bogo_ops_per_s_" + metric.group(1), bogo / took);
      }
    }
    if (operations == 0) {
      throw new IllegalStateException("stress-ng did nothing: " + lastLine(said));
    }
    return new Work(operations, "bogo ops", seconds, null, each);
  }

  private static String lastLine(String said) {
    return said.lines()
        .filter(line -> !line.isBlank())
        .reduce((_, later) -> later)
        .orElse("it says nothing");
  }

  private static Work unbalanced(Place place, String mode) throws InterruptedException {
    return ofOurs(
        place,
        "bursts",
        "unbalance",
        mode,
        text(place.length().toMillis()),
        text(6L * place.cpus()),
        text(place.seed()));
  }

  /** Runs a C program of ours whose first line is operations, nanoseconds and percentiles. */
  static Work ofOurs(Place place, String unit, String program, String... arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(CProgram.ofThisSession(program, place.log()).file().toString());
    command.addAll(List.of(arguments));
    return parseOurs(unit, Programs.output(command, place.log()));
  }

  /** {@code operations nanoseconds p50 p95 p99 max mean}, and counters in the lines after it. */
  static Work parseOurs(String unit, String said) {
    List<String> lines = said.lines().toList();
    double[] figures =
        Pattern.compile(" ")
            .splitAsStream(lines.getFirst())
            .mapToDouble(Double::parseDouble)
            .toArray();
    Map<String, Double> counters = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ", -1);
      counters.put(words[1], Double.parseDouble(words[2]));
    }
    return new Work(
        figures[0],
        unit,
        figures[1] / NANOS,
        new Latency(figures[6], figures[2], figures[3], figures[4], figures[5]),
        counters);
  }

  private static Work sysbench(Place place) throws InterruptedException {
    Path folder = place.folder().resolve("sysbench");
    try {
      Files.createDirectories(folder);
      String program = Programs.require("sysbench").toString();
      List<String> files =
          List.of(
              "fileio", "--file-total-size=32M", "--file-num=" + FILES, "--file-test-mode=rndrw");
      if (!Files.exists(folder.resolve("test_file.0"))) {
        Programs.output(inFolder(folder, program, files, "prepare"), place.log());
      }
      return parseSysbench(
          Programs.output(
              inFolder(
                  folder,
                  program,
                  files,
                  "--threads=" + 4 * place.cpus(),
                  "--time=" + Math.max(1, place.length().toSeconds()),
                  "--histogram=on",
                  "run"),
              place.log()));
    } catch (IOException e) {
      throw new IllegalStateException("sysbench's files: " + e.getMessage(), e);
    }
  }

  private static List<String> inFolder(
      Path folder, String program, List<String> files, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.toString()));
    command.add(program);
    command.addAll(files);
    command.addAll(List.of(more));
    return command;
  }

  /** Deletes what scenarios keep from one run of theirs to the next. */
  public static void cleanUp(Path folder) {
    Path files = folder.resolve("sysbench");
    try {
      for (int i = 0; i < FILES; i++) {
        Files.deleteIfExists(files.resolve("test_file." + i));
      }
      Files.deleteIfExists(files);
    } catch (IOException e) {
      System.getLogger(Scenario.class.getName())
          .log(System.Logger.Level.WARNING, "a file of sysbench stays: {0}", e.getMessage());
    }
  }

  /** What sysbench says of a fileio run. */
  static Work parseSysbench(String said) {
    double events = figure(said, "total number of events:");
    double seconds = figure(said, "total time:");
    double read = figure(said, "read, MiB/s:");
    double written = figure(said, "written, MiB/s:");
    if (events == 0) {
      throw new IllegalStateException("sysbench did nothing");
    }
    return new Work(
        events,
        "requests",
        seconds,
        latency(said, events),
        Map.of(
            "megabytes_per_s",
            (read + written) * 1.048576,
            "transactions_per_s",
            events / seconds));
  }

  /** Its percentiles are ends of its histogram's buckets, which are 1.8 % wide. */
  private static Latency latency(String said, double events) {
    List<double[]> buckets =
        BUCKET
            .matcher(said)
            .results()
            .map(bucket ->
                new double[] {
                  Double.parseDouble(bucket.group(1)) * NANOS_PER_MILLI,
                  Double.parseDouble(bucket.group(2))
                })
            .toList();
    return new Latency(
        figure(said, "sum:") * NANOS_PER_MILLI / events,
        percentile(buckets, 0.5),
        percentile(buckets, 0.95),
        percentile(buckets, 0.99),
        figure(said, "max:") * NANOS_PER_MILLI);
  }

  /** As sysbench does; NaN without a bucket. */
  private static double percentile(List<double[]> buckets, double share) {
    double wanted = Math.floor(buckets.stream().mapToDouble(b -> b[1]).sum() * share + 0.5);
    double passed = 0;
    for (double[] bucket : buckets) {
      passed += bucket[1];
      if (passed >= wanted) {
        return bucket[0];
      }
    }
    return Double.NaN;
  }

  private static double figure(String said, String name) {
    Matcher line =
        Pattern.compile("^\\s*" + Pattern.quote(name) + "\\s*([\\d.]+)s?\\s*$", Pattern.MULTILINE)
            .matcher(said);
    if (!line.find()) {
      throw new IllegalStateException("sysbench says no \"" + name + "\"");
    }
    return Double.parseDouble(line.group(1));
  }
}
