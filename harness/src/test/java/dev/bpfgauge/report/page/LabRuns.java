package dev.bpfgauge.report.page;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Made-up runs of the lab, for the report's tests; none of the figures was measured. */
final class LabRuns {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final String clock;
  private final List<ArmInfo> arms;
  private final List<ForkRecord> forks = new ArrayList<>();

  /**
   * @param clock of the fingerprint
   * @param kernels the arms
   */
  LabRuns(String clock, String... kernels) {
    this.clock = clock;
    this.arms =
        List.of(kernels).stream()
            .map(k -> new ArmInfo(k, k, "Linux " + k + " in a QEMU guest", ""))
            .toList();
  }

  /** Three kernels, some hooks, operations inside the kernel, and what loads. */
  static RunData usual() {
    LabRuns run = new LabRuns("instructions", "6.1", "6.12", "7.2");
    for (int round = 0; round < 2; round++) {
      int kernel = 0;
      for (String on : List.of("6.1", "6.12", "7.2")) {
        double age = 1 - 0.04 * kernel++;
        int step = 0;
        for (String hook : List.of("raw_tp", "tp_btf", "tracepoint", "kprobe", "fentry", "fexit")) {
          run.hook(round, hook, on, (40 + 25 * step++) * age, 4096);
        }
        run.hook(round, "xdp.generic", on, 400 * age, 4096);
        if (on.equals("7.2")) {
          run.hook(round, "tc.tcx", on, 120, 4096);
        } else {
          run.not(round, "hooks.tc.tcx", on, "absent: tcx (Linux 6.6): bpf_link_create failed");
        }
        for (String map : List.of("hash", "array", "percpu-hash")) {
          run.fork(
              round,
              new Cell("kernel-maps", "kernel-maps.lookup", Map.of("map", map), on),
              150 * age,
              Map.of());
        }
        run.loads(round, "raw_tp", on, Map.of("ringbuf_reserve", 1.0, "copy_from_user", 0.0));
        run.loads(round, "kprobe", on, Map.of("ringbuf_reserve", 1.0, "copy_from_user", 0.0));
        run.loads(
            round,
            "xdp.generic",
            on,
            Map.of("ringbuf_reserve", 1.0, "copy_from_user", on.equals("7.2") ? 1.0 : 0.0));
        run.not(round, "loads.uprobe", on, "denied: EPERM: it said no");
        run.fork(
            round,
            new Cell("loads", "loads.maps", Map.of(), on),
            9000,
            Map.of("map_hash", 1.0, "map_arena", on.equals("7.2") ? 1.0 : 0.0));
      }
    }
    return run.data();
  }

  /** A hook's cell with body counter. */
  void hook(int round, String hook, String on, double added, double bytes) {
    fork(
        round,
        new Cell("hooks", "hooks." + hook, Map.of("body", "counter"), on),
        added * (1 + 1e-6 * round),
        Map.of(
            "base_ns", 400.0,
            "attached_ns", 400.0 + added,
            "program_bytes", bytes,
            "maps_bytes", 20_480.0,
            "load_us", 2500.0));
  }

  void loads(int round, String hook, String on, Map<String, Double> helpers) {
    Map<String, Double> extras = new TreeMap<>();
    helpers.forEach((name, there) -> extras.put("helper_" + name, there));
    fork(round, new Cell("loads", "loads." + hook, Map.of(), on), 50_000, extras);
  }

  /** A cell that the kernel cannot do. */
  void not(int round, String benchmark, String on, String reason) {
    String suite = benchmark.substring(0, benchmark.indexOf('.'));
    Map<String, String> params =
        suite.equals("hooks") ? Map.of("body", "counter") : Map.<String, String>of();
    add(round, new Cell(suite, benchmark, params, on), ForkStatus.UNAVAILABLE, reason, null);
  }

  void fork(int round, Cell cell, double figure, Map<String, Double> extras) {
    add(
        round,
        cell,
        ForkStatus.OK,
        "",
        new Measurement(figure, List.of(figure), null, 1000, null, null).with(extras));
  }

  private void add(
      int round, Cell cell, ForkStatus status, String reason, @Nullable Measurement measured) {
    int seq = forks.size();
    forks.add(
        new ForkRecord(
            seq,
            round,
            cell,
            status,
            reason,
            START,
            seq * 10L,
            seq * 10L + 9,
            measured,
            List.of()));
  }

  RunData data() {
    return new RunData(
        new RunInfo(
            RunInfo.FORMAT_VERSION,
            "20261121-120000-kernels",
            START,
            START.plusSeconds(60),
            60_000,
            RunInfo.Status.PARTIAL,
            "0.1.0",
            List.of("kernels", "run"),
            new PlanInfo(
                "lab, instructions",
                List.of("kernel-maps", "hooks", "loads"),
                arms,
                2,
                forks.size(),
                42,
                20,
                50,
                0.005,
                null),
            new TreeMap<>(Map.of(RunInfo.CLOCK, clock, "emulator", "example 7")),
            new TreeMap<>(Map.of("guests at once", "one")),
            List.of(),
            List.of()),
        forks,
        Samples.NONE);
  }
}
