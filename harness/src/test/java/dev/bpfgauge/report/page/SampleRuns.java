package dev.bpfgauge.report.page;

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
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Made-up runs for the report's tests, the same for the same seed. Times are near those of a small
 * virtual machine; none of them was measured.
 */
public final class SampleRuns {
  private static final Instant START = Instant.parse("2026-11-21T07:18:34Z");
  private static final List<String> MAPS =
      List.of(
          "hash",
          "array",
          "percpu-hash",
          "percpu-array",
          "lru-hash",
          "lru-percpu-hash",
          "hash-no-prealloc");
  private static final List<String> OPERATIONS =
      List.of(
          "lookup",
          "update",
          "delete",
          "lookup-miss",
          "insert",
          "iterate",
          "batch-lookup",
          "batch-update",
          "batch-delete",
          "mmap-read");

  private final Random random;
  private final List<ForkRecord> forks = new ArrayList<>();
  private long clockMillis = 4000;

  private SampleRuns(long seed) {
    random = new Random(seed);
  }

  /** The default plan on idle and cpu80 with floor, C loops and the founding loop. */
  public static RunData usual(long seed, int rounds) {
    SampleRuns run = new SampleRuns(seed);
    List<ArmInfo> arms =
        List.of(
            new ArmInfo("idle", "idle", "Nothing but the benchmark runs.", ""),
            new ArmInfo(
                "cpu80", "cpu80", "stress-ng keeps every CPU at 80 %, one worker a CPU.", ""),
            new ArmInfo(
                "pstates-off",
                "pstates-off",
                "The CPU frequency is fixed, turbo is off.",
                "this kernel has no cpufreq; on bare metal load acpi-cpufreq or intel_pstate"));
    for (int round = 0; round < rounds; round++) {
      for (ArmInfo arm : round % 2 == 0 ? arms : arms.reversed()) {
        if (arm.unavailable().isEmpty()) {
          run.round(round, arm.label(), arm.equals(arms.getFirst()));
        }
      }
    }
    return run.data(arms, rounds, List.of("maps", "floor", "maps-seed"));
  }

  /** What such a run says of itself, with another plan and without notes. */
  public static RunInfo planned(RunInfo.PlanInfo plan) {
    RunInfo info = usual(1, 1).info();
    return new RunInfo(
        info.formatVersion(),
        info.id(),
        info.startedAt(),
        info.finishedAt(),
        info.elapsedMillis(),
        info.status(),
        info.bpfgaugeVersion(),
        info.commandLine(),
        plan,
        info.fingerprint(),
        info.environment(),
        info.capabilities(),
        List.of());
  }

  /** Twice idle: an A/A run. */
  public static RunData twice(long seed, int rounds) {
    SampleRuns run = new SampleRuns(seed);
    List<ArmInfo> arms =
        List.of(
            new ArmInfo("idle", "idle", "Nothing but the benchmark runs.", ""),
            new ArmInfo("idle#2", "idle", "Nothing but the benchmark runs.", ""));
    for (int round = 0; round < rounds; round++) {
      for (ArmInfo arm : round % 2 == 0 ? arms : arms.reversed()) {
        run.round(round, arm.label(), false);
      }
    }
    return run.data(arms, rounds, List.of("maps", "floor", "maps-seed"));
  }

  /** As many cells as asked for: all maps and operations, several sizes and threads, two arms. */
  public static RunData large(long seed, int cells, int rounds) {
    SampleRuns run = new SampleRuns(seed);
    List<ArmInfo> arms =
        List.of(
            new ArmInfo("idle", "idle", "Nothing but the benchmark runs.", ""),
            new ArmInfo("cpu80", "cpu80", "stress-ng keeps every CPU at 80 %.", ""));
    List<Cell> wanted = new ArrayList<>();
    for (int threads = 1; wanted.size() < cells / 2; threads *= 2) {
      for (int entries : List.of(1024, 65_536, 1_000_000)) {
        for (String operation : OPERATIONS) {
          for (String map : MAPS) {
            if (wanted.size() < cells / 2) {
              wanted.add(
                  map(operation, map, "libbpf", "java", "")
                      .with("entries", Integer.toString(entries))
                      .with("threads", Integer.toString(threads)));
            }
          }
        }
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (ArmInfo arm : arms) {
        for (Cell cell : wanted) {
          run.fork(round, cell.on(arm.label()));
        }
      }
    }
    return run.data(arms, rounds, List.of("maps"));
  }

  /** A run whose every text tries to break out of the page. */
  public static RunData hostile() {
    String evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&";
    RunData run = usual(1, 2);
    RunInfo info = run.info();
    List<ArmInfo> arms =
        List.of(
            info.plan().arms().get(0),
            new ArmInfo("cpu80", "cpu80", evil, ""),
            new ArmInfo(evil, evil, evil, evil));
    List<ForkRecord> forks = new ArrayList<>(run.forks());
    ForkRecord first = forks.getFirst();
    forks.add(
        new ForkRecord(
            forks.size(),
            0,
            new Cell("maps", "maps.lookup", Map.of("map", evil), "idle"),
            ForkStatus.CRASHED,
            evil,
            first.startedAt(),
            1,
            2,
            null,
            List.of()));
    forks.add(
        new ForkRecord(
            forks.size(),
            0,
            new Cell("maps", "maps.lookup", Map.of("map", evil), "cpu80"),
            ForkStatus.OK,
            "",
            first.startedAt(),
            1,
            2,
            first.measurement(),
            List.of()));
    PlanInfo plan = info.plan();
    return new RunData(
        new RunInfo(
            1,
            evil,
            info.startedAt(),
            info.finishedAt(),
            info.elapsedMillis(),
            RunInfo.Status.INTERRUPTED,
            evil,
            List.of("run", evil),
            new PlanInfo(
                evil,
                plan.suites(),
                arms,
                plan.rounds(),
                plan.forks(),
                plan.seed(),
                1,
                1,
                0.03,
                null),
            new TreeMap<>(Map.of(evil, evil)),
            new TreeMap<>(Map.of(evil, evil)),
            List.of(Capability.denied(evil, evil, evil)),
            List.of(evil)),
        forks,
        new Samples(
            run.samples().columns(), run.samples().rows(), new TreeMap<>(Map.of(evil, evil)), 0.1),
        List.of(evil));
  }

  private void round(int round, String arm, boolean withC) {
    for (String step : List.of("empty", "ffm", "getppid", "bpf-refused")) {
      fork(round, new Cell("floor", "floor." + step, Map.of(), arm));
    }
    for (String operation : OPERATIONS.subList(0, 3)) {
      for (String map : MAPS.subList(0, 4)) {
        fork(round, map(operation, map, "libbpf", "java", arm));
      }
    }
    if (withC) {
      for (String map : MAPS.subList(0, 4)) {
        fork(round, map("lookup", map, "syscall", "java", arm));
        for (String path : List.of("libbpf", "syscall")) {
          fork(round, map("lookup", map, path, "c", arm));
          fork(round, map("lookup", map, path, "c-thread", arm));
        }
      }
    }
    for (String operation : List.of("lookup", "insert", "delete")) {
      for (String map : MAPS.subList(0, 4)) {
        for (String calls : List.of("1023", "10230", "102300")) {
          fork(
              round,
              new Cell(
                  "maps-seed", "maps-seed." + operation, Map.of("map", map, "calls", calls), arm));
        }
      }
    }
  }

  private static Cell map(String operation, String map, String path, String runtime, String arm) {
    Map<String, String> params =
        new TreeMap<>(
            Map.of(
                "map", map, "entries", "1024", "key", "4", "value", "8", "fill", "100", "threads",
                "1", "path", path, "runtime", runtime));
    if (!operation.equals("iterate") && !operation.equals("batch-lookup")) {
      params.put("order", "random");
    }
    if (operation.startsWith("batch-")) {
      params.put("batch", "256");
    }
    return new Cell("maps", "maps." + operation, params, arm);
  }

  private void fork(int round, Cell cell) {
    int seq = forks.size();
    long start = clockMillis;
    clockMillis += 900 + random.nextInt(120);
    String operation = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    ForkStatus status = ForkStatus.OK;
    String reason = "";
    if (operation.endsWith("delete") && cell.param("map").endsWith("array")) {
      status = ForkStatus.REFUSED;
      reason = "bpf_map_delete_elem: EINVAL (Invalid argument); an array has no delete";
    } else if (seq % 97 == 41) {
      status = ForkStatus.CRASHED;
      reason = "the forked JVM exited with 134";
    } else if (cell.profile().equals("cpu80") && seq % 71 == 13) {
      status = ForkStatus.LOAD_NOT_REACHED;
      reason = "system cpu before the fork: 62.1 %, wanted 80 ± 5";
    }
    forks.add(
        new ForkRecord(
            seq,
            round,
            cell,
            status,
            reason,
            START.plusMillis(start),
            start,
            clockMillis,
            status == ForkStatus.OK ? measurement(cell, operation) : null,
            cell.profile().equals("cpu80")
                ? List.of(new LoadCheck("system cpu", "before", 80, 5, 79.4, "%", true))
                : List.of()));
  }

  private Measurement measurement(Cell cell, String operation) {
    double mean = nanos(cell, operation) * Math.exp(random.nextGaussian() * 0.012);
    List<Double> iterations =
        DoubleStream.generate(() -> mean * Math.exp(random.nextGaussian() * 0.006))
            .limit(5)
            .boxed()
            .toList();
    return new Measurement(
        mean,
        iterations,
        cell.suite().equals("maps")
            ? new Measurement.Batches(
                64, 12_000, mean * 0.985, mean * 1.04, mean * 1.31, mean * (9 + random.nextInt(30)))
            : null,
        (long) (1e9 / mean),
        cell.param("runtime").startsWith("c") ? null : 0.004,
        mean * 0.004);
  }

  private static double nanos(Cell cell, String operation) {
    double load = cell.profile().equals("cpu80") ? 1.16 : 1;
    return load
        * switch (operation) {
          case "empty" -> 0.6;
          case "ffm" -> 9;
          case "getppid" -> 141;
          case "bpf-refused" -> 332;
          default -> mapNanos(cell, operation);
        };
  }

  private static double mapNanos(Cell cell, String operation) {
    double base =
        switch (cell.param("map")) {
          case "array" -> 974;
          case "percpu-hash" -> 1056;
          case "percpu-array" -> 1048;
          case "hash" -> 1011;
          default -> 1120;
        };
    double kind = operation.equals("update") ? 1.05 : operation.equals("delete") ? 1.1 : 1;
    double batch = operation.startsWith("batch") ? 0.2 : 1;
    double seed =
        cell.suite().equals("maps-seed") ? cell.param("map").startsWith("percpu") ? 1.22 : 1.05 : 1;
    double runtime =
        switch (cell.param("runtime")) {
          case "c" -> 0.93;
          case "c-thread" -> 0.985;
          default -> 1;
        };
    double path = cell.param("path").equals("syscall") ? 0.985 : 1;
    double perCpu =
        cell.profile().equals("cpu80") && cell.param("map").startsWith("percpu") ? 1.07 : 1;
    return base * kind * batch * seed * runtime * path * perCpu;
  }

  private RunData data(List<ArmInfo> arms, int rounds, List<String> suites) {
    return new RunData(info(arms, rounds, suites), forks, samples());
  }

  private RunInfo info(List<ArmInfo> arms, int rounds, List<String> suites) {
    return new RunInfo(
        RunInfo.FORMAT_VERSION,
        "20261121-071834-maps",
        START,
        START.plusMillis(clockMillis),
        clockMillis,
        RunInfo.Status.PARTIAL,
        "0.1.0",
        List.of("run", "-p", "cpu80,pstates-off"),
        new PlanInfo("default", suites, arms, rounds, forks.size(), 42, 200, 500, 0.03, null),
        new TreeMap<>(
            Map.of(
                "cpu", "Example CPU @ 2.50GHz",
                "kernel", "6.18.0-example #1 SMP",
                "mitigations", "spectre_v2: Mitigation: Enhanced IBRS [00000000]",
                "jdk", "Example 25.0.3+9",
                "libbpf", "1.1.2",
                "cpus online", "2",
                "cpufreq", "none",
                "cpuidle", "haltpoll: POLL, haltpoll")),
        new TreeMap<>(
            Map.of(
                "distribution", "Example Linux 12",
                "uptime", "3 h",
                "load at start", "0.12 0.20 0.18",
                "user", "root")),
        List.of(
            Capability.supported("bpf.map.hash", "made, used, closed"),
            Capability.absent("cpufreq", "this kernel has no cpufreq driver", "run on bare metal"),
            Capability.denied("fentry", "BPF_PROG_LOAD: EPERM (Operation not permitted)", ""),
            Capability.absent("rapl", "no /sys/class/powercap/intel-rapl*", "")),
        List.of(
            "cpuidle: state1 was left as found.",
            "The wall clock jumped by 3.1 s at 212 s; timestamps jump there, elapsed_ms does"
                + " not."));
  }

  private Samples samples() {
    List<double[]> rows = new ArrayList<>();
    int fork = 0;
    for (long at = 0; at < clockMillis; at += 1000) {
      while (fork + 1 < forks.size() && forks.get(fork).endMillis() < at) {
        fork++;
      }
      boolean loaded = forks.get(fork).cell().profile().equals("cpu80");
      rows.add(
          new double[] {
            START.getEpochSecond() + at / 1000.0,
            (loaded ? 93 : 52) + random.nextGaussian() * 2,
            loaded ? 2.6 : 1.1,
            (loaded ? 5200 : 900) + random.nextInt(300),
            loaded ? 40 + random.nextInt(20) : random.nextInt(5),
            (loaded ? 1.31e9 : 1.12e9) + random.nextInt(20_000_000),
            at
          });
    }
    return new Samples(
        List.of(
            "timestamp",
            "cpu_usage",
            "load_avg_1m",
            "context_switches",
            "migrations",
            "memory_used",
            "elapsed_ms"),
        rows,
        new TreeMap<>(Map.of("frequency_mhz", "this kernel has no cpufreq")),
        0.21);
  }

  /** Raw data of a size like that of the run itself. */
  public static Downloads downloads(RunData run) {
    StringBuilder csv = new StringBuilder("seq,round,cell,status,mean_ns_per_op\n");
    StringBuilder journal = new StringBuilder();
    IntStream.range(0, run.forks().size())
        .forEach(i -> {
          ForkRecord fork = run.forks().get(i);
          Measurement measured = fork.measurement();
          String mean = measured == null ? "" : Double.toString(measured.meanNanosPerOp());
          csv.append(i).append(',').append(fork.round()).append(",\"");
          csv.append(fork.cell().id()).append("\",").append(fork.status().word());
          csv.append(',').append(mean).append('\n');
          journal.append("{\"seq\":").append(i).append(",\"cell\":\"").append(fork.cell().id());
          journal.append("\",\"measurement\":\"").append(measured).append("\"}\n");
        });
    return new Downloads(
        Map.of(
            "results.csv", csv.toString(),
            "journal.jsonl", journal.toString(),
            "jmh.json", journal.toString(),
            "run.json", "{\"id\":\"" + run.info().id() + "\"}\n",
            "samples.csv", "timestamp,cpu_usage\n"));
  }
}
