package dev.bpfgauge.machine.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.files.Csv;
import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.SamplesFile;
import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes one row a second about the whole system to samples.csv, and what the columns mean to
 * samples.json, from a thread of its own.
 *
 * <p>Rows are due on a monotonic schedule, and each is one write: what is there after a crash is
 * whole rows and at most one torn one. The thread measures its own CPU time; with four CPUs or more
 * it stays on the last one, so that the others can be measured undisturbed.
 */
public final class Sampler implements AutoCloseable {

  /** The distance of two rows. */
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final int CPUS_ENOUGH_TO_PIN = 4;
  private static final long CLOSE_TIMEOUT_MILLIS = 2000;
  private static final int MOST_NOTES = 50;

  /** The columns of the 2024 comparison stand first, in their order, then our clock. */
  private static final List<String> FIRST =
      List.of(
          "timestamp",
          "cpu_usage",
          "load_avg_1m",
          "context_switches",
          "migrations",
          "memory_used",
          "elapsed_ms");

  private static final List<Column> CLOCK =
      List.of(
          new Column("timestamp", "s", "wall clock, seconds since 1970; may jump"),
          new Column("elapsed_ms", "ms", "since the run began, monotonic; a resumed run goes on"));

  /**
   * The content of samples.json; {@link SamplesFile.Header} is the part of it that a report needs.
   *
   * @param formatVersion as in run.json
   * @param intervalMillis wanted distance of two rows
   * @param columns every column with unit and meaning, in file order
   * @param costPercentOfOneCpu CPU time of the sampler's thread over elapsed time, NaN while
   *     running
   * @param setUpMillis CPU time before the first row, not in the cost above
   * @param placement where the thread runs
   * @param rows rows written in this session
   * @param first the first row's time, empty string before it
   * @param last the last row's time, empty string before it
   * @param notes clock jumps, rows that are missing, errors
   * @param others what else ran, the busiest first, of this session
   */
  record Description(
      int formatVersion,
      List<Column> columns,
      double costPercentOfOneCpu,
      long intervalMillis,
      double setUpMillis,
      String placement,
      long rows,
      String first,
      String last,
      List<String> notes,
      List<Samples.Other> others) {}

  private final Path header;
  private final long runStartNanos;
  private final long offsetMillis;
  private final List<Gauge> gauges;
  private final OthersGauge others;
  private final List<Column> columns;

  /** For each column of the file, where its value stands in the gauges' order; -1 for nowhere. */
  private final int[] order;

  /** Values of one reading: the clock's and all gauges'. */
  private final int width;

  private final FileOutputStream csv;
  private final OptionalInt cpu;
  private final double setUpMillis;
  private final Set<String> failedGauges = new LinkedHashSet<>();
  private final CopyOnWriteArrayList<String> notes = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private long untold;
  private volatile boolean closing;
  private volatile double costPercent = Double.NaN;
  private String placement = "on any CPU";
  private long rows;
  private String first = "";
  private String last = "";

  private Sampler(Path csvFile, Path header, long runStartNanos, long offsetMillis, Roots roots)
      throws IOException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    this.header = header;
    this.runStartNanos = runStartNanos;
    this.offsetMillis = offsetMillis;
    List<Integer> online = roots.onlineCpus();
    this.cpu =
        online.size() >= CPUS_ENOUGH_TO_PIN
            ? OptionalInt.of(online.getLast())
            : OptionalInt.empty();
    this.others = new OthersGauge(roots);
    this.gauges =
        List.of(
            new CpuGauge(roots),
            new MigrationGauge(online),
            new MemoryGauge(),
            new FrequencyGauge(roots),
            new PressureGauge(roots),
            TrafficGauge.network(roots),
            TrafficGauge.loopback(roots),
            TrafficGauge.disks(roots),
            new HeatGauge(roots),
            new PowerGauge(roots),
            others);
    List<Column> all = new ArrayList<>(CLOCK);
    gauges.forEach(gauge -> all.addAll(gauge.columns()));
    this.width = all.size();
    Map<String, Integer> places = new HashMap<>();
    for (Column column : all) {
      places.put(column.name(), places.size());
    }
    List<String> names = namesInFile(csvFile);
    if (names.isEmpty()) {
      Set<String> inOrder = new LinkedHashSet<>(FIRST);
      all.forEach(column -> inOrder.add(column.name()));
      names = List.copyOf(inOrder);
    }
    this.order = names.stream().mapToInt(name -> places.getOrDefault(name, -1)).toArray();
    this.columns = described(names, all);
    boolean fresh = !Files.exists(csvFile) || Files.size(csvFile) == 0;
    this.csv = new FileOutputStream(csvFile.toFile(), true);
    if (fresh) {
      csv.write((SamplesFile.firstLine(columns) + "\n").getBytes(UTF_8));
    }
    this.setUpMillis = (threads.getCurrentThreadCpuTime() - before) / 1e6;
    this.thread = Thread.ofPlatform().name("sampler").daemon().unstarted(this::run);
  }

  /**
   * Starts sampling.
   *
   * @param csv samples.csv; where it has rows already, a resumed run's, it is gone on with and
   *     keeps its columns
   * @param header samples.json, written now and again at the end
   * @param runStartNanos {@link System#nanoTime} at this session's start
   * @param offsetMillis what the earlier sessions of a resumed run took, else 0
   * @throws Refusal where a file cannot be written
   */
  public static Sampler start(Path csv, Path header, long runStartNanos, long offsetMillis) {
    return start(csv, header, runStartNanos, offsetMillis, Roots.SYSTEM);
  }

  static Sampler start(Path csv, Path header, long runStartNanos, long offsetMillis, Roots roots) {
    try {
      Sampler sampler = new Sampler(csv, header, runStartNanos, offsetMillis, roots);
      sampler.describe();
      sampler.thread.start();
      return sampler;
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "cannot write " + csv + ": " + e.getMessage() + ". Choose another results folder.",
          e);
    }
  }

  /** What the reader should know: clock jumps, missing rows, errors. Grows while running. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** CPU time of the sampler's thread in percent of one CPU; NaN before {@link #close}. */
  public double costPercentOfOneCpu() {
    return costPercent;
  }

  /** The CPU the sampler keeps to, so that nothing is measured there; empty with few CPUs. */
  public OptionalInt cpu() {
    return cpu;
  }

  /** The columns, in file order. */
  public List<Column> columns() {
    return columns;
  }

  /** The names in the first line; a torn last row is cut off. Empty where there is no file yet. */
  private static List<String> namesInFile(Path csv) throws IOException {
    if (!Files.exists(csv)) {
      return List.of();
    }
    String text = Files.readString(csv);
    int whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length()) {
      try (RandomAccessFile file = new RandomAccessFile(csv.toFile(), "rw")) {
        file.setLength(text.substring(0, whole).getBytes(UTF_8).length);
      }
    }
    return whole == 0 ? List.of() : Csv.fields(text.lines().findFirst().orElse(""), ',');
  }

  private static List<Column> described(List<String> names, List<Column> all) {
    Map<String, Column> byName = new LinkedHashMap<>();
    all.forEach(column -> byName.put(column.name(), column));
    return names.stream()
        .map(name ->
            byName.getOrDefault(
                name, new Column(name, "", "of an earlier session", "not there any more")))
        .toList();
  }

  private void run() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    pin();
    long period = INTERVAL.toNanos();
    long start = System.nanoTime();
    long cpuAtStart = threads.getCurrentThreadCpuTime();
    long previous = start;
    long due = start + period;
    ClockWatch watch = new ClockWatch(System.currentTimeMillis(), elapsedMillis(start));
    double[] row = new double[width];
    long missed = 0;
    long missing = 0;
    readAll(0, row);
    try {
      while (sleepUntil(due)) {
        long now = System.nanoTime();
        long wallMillis = System.currentTimeMillis();
        long elapsed = elapsedMillis(now);
        watch.observe(wallMillis, elapsed).ifPresent(this::note);
        row[0] = wallMillis / 1000.0;
        row[1] = elapsed;
        readAll((now - previous) / 1e9, row);
        for (Gauge gauge : gauges) {
          gauge
              .news()
              .forEach(what ->
                  note(
                      String.format(
                          Locale.ROOT, "at %.3f s of the run %s", elapsed / 1000.0, what)));
        }
        csv.write(line(row));
        told(wallMillis);
        previous = now;
        due += period;
        if (now - due > 0) {
          long late = (now - due) / period + 1;
          due += late * period;
          missing = missing == 0 ? elapsed : missing;
          missed += late;
        }
      }
    } catch (IOException e) {
      notes.add("sampling ended: samples.csv cannot be written: " + e.getMessage());
    }
    if (missed > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%d rows are missing, the first at %.3f s of the run: the sampler did not get to run",
              missed,
              missing / 1000.0));
    }
    if (untold > 0) {
      notes.add("and " + untold + " more notes of the same kind");
    }
    long wall = System.nanoTime() - start;
    costPercent = 100.0 * (threads.getCurrentThreadCpuTime() - cpuAtStart) / wall;
  }

  /** A run of days on a bad machine must not fill the memory with them. */
  private void note(String sentence) {
    if (notes.size() < MOST_NOTES) {
      notes.add(sentence);
    } else {
      untold++;
    }
  }

  /** False where the sampler is to end. */
  private boolean sleepUntil(long due) {
    long left;
    while (!closing && (left = due - System.nanoTime()) > 0) {
      LockSupport.parkNanos(this, left);
    }
    return !closing;
  }

  /** A gauge that fails leaves its columns empty and the others alone. */
  private void readAll(double seconds, double[] row) {
    int at = CLOCK.size();
    for (Gauge gauge : gauges) {
      int values = gauge.columns().size();
      Arrays.fill(row, at, at + values, Double.NaN);
      try {
        gauge.read(seconds, row, at);
      } catch (RuntimeException e) {
        String name = gauge.columns().getFirst().name();
        if (failedGauges.add(name)) {
          notes.add("column " + name + " is empty in some rows: " + e.getMessage());
        }
      }
      at += values;
    }
  }

  private byte[] line(double[] row) {
    double[] inFileOrder = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      double value = order[i] < 0 ? Double.NaN : row[order[i]];
      inFileOrder[i] = Math.rint(value * 1000) / 1000;
    }
    return (SamplesFile.row(inFileOrder) + "\n").getBytes(UTF_8);
  }

  private void told(long wallMillis) {
    last = Instant.ofEpochMilli(wallMillis).toString();
    first = first.isEmpty() ? last : first;
    rows++;
  }

  private long elapsedMillis(long nanos) {
    return offsetMillis + Math.floorDiv(nanos - runStartNanos, 1_000_000L);
  }

  private void pin() {
    if (cpu.isEmpty()) {
      placement = "on any CPU: this machine has fewer than " + CPUS_ENOUGH_TO_PIN;
      return;
    }
    int number = cpu.getAsInt();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int words = number / Long.SIZE + 1;
      MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, words);
      mask.setAtIndex(ValueLayout.JAVA_LONG, number / Long.SIZE, 1L << number % Long.SIZE);
      int result = LibC.sched_setaffinity(errno, 0, mask.byteSize(), mask);
      placement =
          result == 0
              ? "on CPU " + number + " alone"
              : "on any CPU: pinning to CPU " + number + " failed, errno " + Errno.of(errno);
    } catch (UnsupportedOperationException e) {
      placement = "on any CPU: " + e.getMessage();
    }
  }

  private void describe() {
    DurableFile.write(
        header,
        Json.indented(
            new Description(
                RunInfo.FORMAT_VERSION,
                columns,
                Math.rint(costPercent * 1000) / 1000,
                INTERVAL.toMillis(),
                Math.rint(setUpMillis * 10) / 10,
                placement,
                rows,
                first,
                last,
                notes(),
                others.busiest())));
  }

  /** Waits for the thread's end, also where this thread is being interrupted itself. */
  private boolean joined() {
    boolean interrupted = Thread.interrupted();
    try {
      return thread.join(Duration.ofMillis(CLOSE_TIMEOUT_MILLIS));
    } catch (InterruptedException e) {
      interrupted = true;
      return !thread.isAlive();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the thread, writes samples.json for good, closes every counter. Idempotent. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    LockSupport.unpark(thread);
    boolean ended = joined();
    if (!ended) {
      notes.add("the sampler did not end in time; its cost is unknown");
    }
    try {
      csv.close();
    } catch (IOException e) {
      notes.add("samples.csv cannot be closed: " + e.getMessage());
    }
    if (ended) {
      gauges.forEach(Gauge::close);
    }
    describe();
  }
}
