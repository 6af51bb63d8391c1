package dev.bpfgauge.report;

import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.ForkRecord;
import dev.bpfgauge.results.RunData;
import dev.bpfgauge.results.RunFolder;
import dev.bpfgauge.results.RunInfo;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.results.RunInfo.PlanInfo;
import dev.bpfgauge.results.Samples;
import dev.bpfgauge.results.WrittenRun;
import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.Nights;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Folders of made-up runs for tests of the site, and the site of such a folder. */
final class SiteRuns {
  static final String EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&../../../x";

  private SiteRuns() {}

  /** A change of level, a new fingerprint, and a confirmed regression in the newest night. */
  static void usual(Path results) {
    new Nights(results, 4)
        .nights(0, 8)
        .fingerprint("jdk", "25.0.3")
        .nights(8, 14)
        .level("array", 850)
        .nights(22, 10)
        .level("hash", 1120)
        .nights(32, 1)
        .repeat(32);
  }

  /** Six nights whose every name tries to break out of the page or of the folder. */
  static void hostile(Path results) {
    Path made = results.resolveSibling("made-for-" + results.getFileName());
    new Nights(made, 9).nights(0, 6);
    for (int night = 0; night < 6; night++) {
      RunData run = RunFolder.open(made.resolve(Nights.id(night))).read();
      RunData evil = evil(run);
      WrittenRun.in(results, new RunData(run.info(), evil.forks(), Samples.NONE));
      RunFolder.open(results.resolve(run.info().id())).writeInfo(evil.info());
    }
  }

  private static RunData evil(RunData run) {
    RunInfo info = run.info();
    PlanInfo plan = info.plan();
    List<ForkRecord> forks =
        run.forks().stream()
            .map(f ->
                new ForkRecord(
                    f.seq(),
                    f.round(),
                    new Cell(
                        EVIL + f.cell().suite(),
                        EVIL + f.cell().benchmark(),
                        Map.of("map", EVIL + f.cell().param("map")),
                        f.cell().profile().replace("idle", EVIL)),
                    f.status(),
                    f.reason(),
                    f.startedAt(),
                    f.startMillis(),
                    f.endMillis(),
                    f.measurement(),
                    List.of()))
            .toList();
    List<ArmInfo> arms =
        plan.arms().stream()
            .map(arm -> new ArmInfo(arm.label().replace("idle", EVIL), EVIL, EVIL, ""))
            .toList();
    return new RunData(
        new RunInfo(
            info.formatVersion(),
            EVIL + info.id(),
            info.startedAt(),
            info.finishedAt(),
            info.elapsedMillis(),
            info.status(),
            EVIL,
            List.of(EVIL),
            new PlanInfo(
                EVIL, List.of(EVIL), arms, plan.rounds(), plan.forks(), plan.seed(), 1, 1, 0.03),
            new TreeMap<>(Map.of("cpu", EVIL, "kernel", EVIL, EVIL, EVIL)),
            new TreeMap<>(Map.of(EVIL, EVIL)),
            List.of(),
            List.of(EVIL)),
        forks,
        Samples.NONE);
  }

  /** Reads the folder into its store and writes its site. */
  static Site.Outcome site(Path results, Path out) throws Exception {
    try (Store store = Store.open(Store.in(results))) {
      RunImport.of(store, List.of(results));
      return Site.write(store, Anchors.read(results), out, results);
    }
  }
}
