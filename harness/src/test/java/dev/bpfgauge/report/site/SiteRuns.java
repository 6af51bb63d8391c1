package dev.bpfgauge.report.site;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.WrittenRun;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.Nights;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Folders of made-up runs for tests of the site, and the site of such a folder. */
public final class SiteRuns {
  static final String EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&../../../x";

  /** The same as the name of a folder. */
  static final String EVIL_FOLDER = EVIL.replace('/', '_');

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
                EVIL,
                List.of(EVIL),
                arms,
                plan.rounds(),
                plan.forks(),
                plan.seed(),
                1,
                1,
                0.03,
                null),
            new TreeMap<>(Map.of("cpu", EVIL, "kernel", EVIL, EVIL, EVIL)),
            new TreeMap<>(Map.of(EVIL, EVIL)),
            List.of(),
            List.of(EVIL)),
        forks,
        Samples.NONE);
  }

  /** Seven nights whose kernel refuses lookups on arrays. */
  static void refused(Path results) {
    Path made = results.resolveSibling("made-for-" + results.getFileName());
    new Nights(made, 2).nights(0, 7);
    for (int night = 0; night < 7; night++) {
      RunData run = RunFolder.open(made.resolve(Nights.id(night))).read();
      List<ForkRecord> forks = run.forks().stream().map(SiteRuns::refused).toList();
      WrittenRun.in(results, new RunData(run.info(), forks, Samples.NONE));
    }
  }

  private static ForkRecord refused(ForkRecord fork) {
    return fork.cell().param("map").equals("hash")
        ? fork
        : new ForkRecord(
            fork.seq(),
            fork.round(),
            fork.cell(),
            ForkStatus.REFUSED,
            "the kernel answers EINVAL",
            fork.startedAt(),
            fork.startMillis(),
            fork.endMillis(),
            null,
            List.of());
  }

  /**
   * Four more nights that cannot be read: torn, still written, of a newer format, without run.json;
   * and one whose folder's name and reason try to break out of the page.
   */
  static void unreadable(Path results) throws IOException {
    new Nights(results, 5).nights(40, 4).canary(40);
    change(results, 40, "\"kernel\"", "kernel");
    change(results, 41, "\"complete\"", "\"running\"");
    change(results, 42, "\"formatVersion\" : 1", "\"formatVersion\" : 99");
    Files.delete(results.resolve(Nights.id(43)).resolve(RunFolder.INFO));
    Path canaries = results.resolve(RunImport.CANARIES);
    Path evil = canaries.resolve(EVIL_FOLDER);
    try (Stream<Path> runs = Files.list(canaries)) {
      Files.move(runs.findFirst().orElseThrow(), evil);
    }
    Files.writeString(evil.resolve(RunFolder.INFO), "<script>alert(3)</script>");
  }

  private static void change(Path results, int night, String text, String other)
      throws IOException {
    Path info = results.resolve(Nights.id(night)).resolve(RunFolder.INFO);
    Files.writeString(info, Files.readString(info).replace(text, other));
  }

  /** Reads the folder into its store and writes its site. */
  public static Site.Outcome site(Path results, Path out) throws Exception {
    try (Store store = Store.open(Store.in(results))) {
      RunImport.Outcome read = RunImport.of(store, List.of(results));
      return Site.write(store, Anchors.read(results), read.leftOut(), out, results);
    }
  }
}
