package dev.bpfgauge.files;

import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.Samples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs with every kind of value in them, the same for the same seed. */
public final class RandomRun {
  private static final List<String> TEXTS =
      List.of(
          "",
          "plain",
          "a \"quoted\", comma",
          "two\nlines\r\n",
          "Ümläut 内核 🐝",
          "\\back\\slash\t",
          "\u0000\u001f",
          "{\"crc32c\":\"00000000\"}");

  private final Random random;

  public RandomRun(long seed) {
    random = new Random(seed);
  }

  public static RunData of(long seed, int forks) {
    RandomRun run = new RandomRun(seed);
    return new RunData(
        run.info("20261121-071834-maps"),
        IntStream.range(0, forks).mapToObj(run::fork).toList(),
        Samples.NONE);
  }

  public RunInfo info(String id) {
    ArmInfo idle = new ArmInfo("idle", "idle", text(), "");
    ArmInfo cpu80 = new ArmInfo("cpu80", "cpu80", text(), text());
    return new RunInfo(
        RunInfo.FORMAT_VERSION,
        id,
        Instant.ofEpochSecond(1_795_000_000L, random.nextInt(1_000_000_000)),
        random.nextBoolean() ? Instant.ofEpochSecond(1_795_000_600L) : null,
        random.nextLong(1_000_000),
        oneOf(RunInfo.Status.values()),
        "0.1.0",
        List.of("run", "-p", "cpu80", text()),
        new PlanInfo(
            "default",
            List.of("maps", "floor"),
            List.of(idle, cpu80),
            5,
            240,
            random.nextLong(),
            200,
            500,
            0.03,
            random.nextBoolean() ? null : List.of(5, 8, 12)),
        texts("cpu", "kernel", "jdk"),
        texts("hostname", "uptime"),
        List.of(
            Capability.supported("bpf.map.hash", text()),
            Capability.denied("cpufreq", text(), "fix"),
            Capability.absent("rapl", text(), "")),
        List.of(text(), text()));
  }

  public ForkRecord fork(int seq) {
    ForkStatus status = oneOf(ForkStatus.values());
    boolean measured = status == ForkStatus.OK || status == ForkStatus.LOAD_NOT_REACHED;
    Map<String, String> params = new TreeMap<>();
    Stream.of("map", "entries", "threads")
        .filter(name -> random.nextBoolean())
        .forEach(name -> params.put(name, Integer.toString(1 + random.nextInt(8))));
    return new ForkRecord(
        seq,
        random.nextInt(5),
        new Cell("maps", "maps.lookup", params, random.nextBoolean() ? "idle" : "cpu80"),
        status,
        text(),
        Instant.ofEpochSecond(1_795_000_000L + seq, random.nextInt(1_000_000_000)),
        random.nextLong(1_000_000),
        random.nextLong(1_000_000),
        measured ? measurement() : null,
        IntStream.range(0, random.nextInt(4)).mapToObj(i -> loadCheck()).toList());
  }

  private Measurement measurement() {
    return new Measurement(
        nanos(),
        DoubleStream.generate(this::nanos).limit(1 + random.nextInt(8)).boxed().toList(),
        random.nextBoolean()
            ? new Measurement.Batches(
                100, random.nextLong(1_000_000), nanos(), nanos(), nanos(), nanos())
            : null,
        random.nextLong(Long.MAX_VALUE),
        maybe(random.nextBoolean() ? 0.0 : 0.007),
        maybe(random.nextBoolean() ? Double.NaN : nanos()),
        random.nextBoolean() ? new TreeMap<>(Map.of("jited_bytes", nanos())) : null);
  }

  private @Nullable Double maybe(double value) {
    return random.nextBoolean() ? value : null;
  }

  private LoadCheck loadCheck() {
    return new LoadCheck(
        "system cpu", "before", 80, 5, random.nextDouble() * 100, "%", random.nextBoolean());
  }

  private double nanos() {
    return Math.exp(random.nextGaussian() * 3 + 6);
  }

  private <T> T oneOf(T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private SortedMap<String, String> texts(String... names) {
    SortedMap<String, String> texts = new TreeMap<>();
    List<String> all = new ArrayList<>(List.of(names));
    all.forEach(name -> texts.put(name, text()));
    return texts;
  }
}
