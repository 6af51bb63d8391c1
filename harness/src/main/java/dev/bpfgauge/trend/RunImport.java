package dev.bpfgauge.trend;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.files.KeptFile;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.RunState;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.trend.Point.Lack;
import dev.bpfgauge.trend.Store.DamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Reads folders of runs into the store. A folder read again changes nothing; a run that went on
 * since is read anew. Runs in {@code canary/} and {@code repeats/} beside them have those roles.
 */
public final class RunImport {
  /** Folder of a frozen program's runs, beside the runs. */
  public static final String CANARIES = "canary";

  /** Folder of repetitions, beside the runs. */
  public static final String REPEATS = "repeats";

  /** Changes where another thing is read from the same run. */
  private static final String READING = "4";

  private final Store store;
  private final Map<Long, String> known;

  /** Whether our own clock is right, as far as runs can tell: not all of them lie ahead of it. */
  private boolean clockIsRight;

  private final List<LeftOut> leftOut = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private final List<Long> ahead = new ArrayList<>();
  private int added;
  private int already;

  private RunImport(Store store) throws DamagedException {
    this.store = store;
    known = store.digests();
  }

  /**
   * What an import did.
   *
   * @param added runs that were new or had changed
   * @param already runs that were there
   * @param leftOut runs that were not read
   * @param unread ids of nights among them whose files cannot be read
   */
  public record Outcome(int added, int already, List<LeftOut> leftOut, List<String> unread) {
    public Outcome {
      leftOut = List.copyOf(leftOut);
      unread = List.copyOf(unread);
    }

    /** Whether a night cannot be read that is newer than this one: then that one is not judged. */
    public boolean isNewerUnread(StoredRun night) {
      return unread.stream().anyMatch(id -> id.compareTo(night.id()) > 0);
    }
  }

  /**
   * A run that was not read.
   *
   * @param reason what is wrong with it and what to do, without the folder's path
   * @param reasonHere the same for who works in this folder: a command in it works there
   */
  public record LeftOut(Path folder, Role role, String reason, String reasonHere) {
    /**
     * Of a refusal.
     *
     * @param message of the refusal; the folder's path in it is left away
     */
    public static LeftOut of(Path folder, Role role, String message) {
      String reason = message.replace(folder + "/", "");
      return new LeftOut(folder, role, reason, reason);
    }

    /** {@code results/20261121-07: run.json …}. */
    public String sentence() {
      return folder + ": " + reasonHere;
    }
  }

  /**
   * Imports folders of runs.
   *
   * @param folders each holds runs, or is one
   * @throws Refusal where a folder is not there
   */
  public static Outcome of(Store store, List<Path> folders) throws DamagedException {
    RunImport all = new RunImport(store);
    all.clockIsRight = folders.stream().anyMatch(RunImport::hasPresentRun);
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw Refusal.usage(folder + " is not a folder of runs: there is no such folder.");
      }
      if (Files.isRegularFile(folder.resolve(RunFolder.INFO))) {
        all.add(folder, Role.NIGHT);
        continue;
      }
      all.addAll(folder, Role.NIGHT);
      all.addAll(folder.resolve(CANARIES), Role.CANARY);
      all.addAll(folder.resolve(REPEATS), Role.REPEAT);
    }
    store.forget(all.ahead);
    return new Outcome(all.added, all.already, all.leftOut, all.unread);
  }

  private static boolean hasPresentRun(Path folder) {
    return RunFolder.ids(folder).stream()
        .anyMatch(id -> !RunFolder.isAhead(startedAt(folder.resolve(id))));
  }

  /** The end of time for a run that says nothing of it. */
  private static Instant startedAt(Path run) {
    try {
      return RunFolder.open(run).readInfo().startedAt();
    } catch (Refusal damaged) {
      return Instant.MAX;
    }
  }

  private void addAll(Path folder, Role role) throws DamagedException {
    for (String id : RunFolder.ids(folder).reversed()) {
      add(folder.resolve(id), role);
    }
    for (String id : RunFolder.withoutInfo(folder)) {
      leaveOut(folder.resolve(id), role, "there is no " + RunFolder.INFO + " in it.");
    }
  }

  private void leaveOut(Path folder, Role role, String message) {
    leftOut.add(LeftOut.of(folder, role, message));
  }

  /** What a folder says, ready for the store. */
  private record Read(
      StoredRun run, SortedMap<String, String> fingerprint, Map<Series, Point> points) {}

  private void add(Path path, Role role) throws DamagedException {
    Read read;
    try {
      RunFolder folder = RunFolder.open(path);
      RunInfo info = folder.readInfo();
      if (info.status() == RunInfo.Status.RUNNING) {
        if (RunState.of(folder) == RunState.RUNNING) {
          leaveOut(path, role, "it is still being written.");
        } else {
          leftOut.add(
              new LeftOut(
                  path,
                  role,
                  goesOn(String.join(" ", info.plainResumeWords())),
                  goesOn(folder.resumeCommand())));
        }
        return;
      }
      StoredRun run = StoredRun.of(info, role, digest(path), path.toString());
      if (clockIsRight && RunFolder.isAhead(info.startedAt())) {
        leaveOut(
            path,
            role,
            "it is dated in the future, "
                + info.startedAt()
                + ": the clock was wrong, and it would be the newest run until then.");
        ahead.add(run.key());
        return;
      }
      if (run.digest().equals(known.get(run.key()))) {
        already++;
        return;
      }
      read = new Read(run, info.fingerprint(), points(run, folder.read()));
    } catch (Refusal refusal) {
      leaveOutUnread(path, role, String.valueOf(refusal.getMessage()));
      return;
    } catch (IllegalArgumentException e) {
      leaveOutUnread(path, role, "its journal has a time that is none: " + e.getMessage());
      return;
    }
    // Outside: what the store refuses is no fault of the run.
    store.put(read.run, read.fingerprint, read.points);
    known.put(read.run.key(), read.run.digest());
    added++;
  }

  private static String goesOn(String command) {
    return "its harness was killed; `" + command + "` goes on with it.";
  }

  private void leaveOutUnread(Path folder, Role role, String message) {
    leaveOut(folder, role, message);
    if (role == Role.NIGHT) {
      unread.add(String.valueOf(folder.getFileName()));
    }
  }

  /**
   * Of run.json whole, and of the journal its length: it is only ever appended to. What an older
   * program made of a run is made again.
   */
  private static String digest(Path folder) {
    try {
      Path journal = KeptFile.of(folder.resolve(RunFolder.JOURNAL));
      return Hash.of(
              READING,
              Files.readString(folder.resolve(RunFolder.INFO)),
              Files.exists(journal) ? Long.toString(Files.size(journal)) : "none")
          .brief();
    } catch (IOException e) {
      throw Refusal.usage("cannot be read: make its files readable.");
    }
  }

  private static Map<Series, Point> points(StoredRun run, RunData data) {
    Map<String, ArmRole> arms = new HashMap<>();
    data.info().plan().arms().forEach(arm -> arms.put(arm.label(), ArmRole.of(arm)));
    Map<Series, Point> points = new LinkedHashMap<>();
    for (CellSummary summary : RunAnalysis.summaries(data)) {
      ArmRole arm = arms.getOrDefault(summary.cell().profile(), ArmRole.of(summary.cell()));
      boolean itself = arm.role() == Role.NIGHT;
      boolean delayed =
          arm.role() == Role.SLOWED && !summary.cell().suite().equals(Cell.FLOOR); // has no delay
      if (itself || (run.role() == Role.NIGHT && (delayed || arm.role() != Role.SLOWED))) {
        Series series =
            new Series(
                summary.cell().on(arm.profile()),
                itself ? run.role() : arm.role(),
                arm.delayNanos(),
                run.fingerprint());
        points.putIfAbsent(series, point(run, summary, data.info().unit()));
      }
    }
    return points;
  }

  /** What an arm of a night is for, which its label says. */
  private record ArmRole(String profile, Role role, long delayNanos) {

    static ArmRole of(ArmInfo arm) {
      if (arm.delay() > 0) {
        return new ArmRole(arm.profile(), Role.SLOWED, arm.delay());
      }
      if (arm.isAgain()) {
        return new ArmRole(arm.profile(), Role.AGAIN, 0);
      }
      // An arm named after a tool or a scheduler is another thing under another profile.
      return new ArmRole(
          arm.label().equals(arm.profile()) ? arm.label() : arm.label() + " on " + arm.profile(),
          Role.NIGHT,
          0);
    }

    static ArmRole of(Cell cell) {
      return new ArmRole(cell.profile(), Role.NIGHT, 0);
    }
  }

  /** Without one good fork, and no reason for that is more frequent. */
  private static boolean isLostForLoad(CellSummary summary) {
    int lost = summary.notOk().getOrDefault(ForkStatus.LOAD_NOT_REACHED, 0);
    return summary.forks() == 0
        && lost > 0
        && lost == summary.notOk().values().stream().mapToInt(count -> count).max().orElse(0);
  }

  private static Night night(CellSummary summary) {
    double[] means = summary.forkMeans().stream().mapToDouble(mean -> mean).toArray();
    return summary.references().isEmpty()
        ? Night.of(means)
        : Night.of(means, summary.references().stream().mapToDouble(time -> time).toArray());
  }

  /** A net cost that is not told from zero has no logarithm, and so no night to compare. */
  private static Point point(StoredRun run, CellSummary summary, String unit) {
    String below = VerdictRule.belowResolution(summary, unit);
    String reason = Objects.requireNonNullElse(summary.reason(), "");
    boolean unloaded = isLostForLoad(summary);
    return new Point(
        run.key(),
        run.startedAt(),
        summary.isResolved() ? night(summary) : null,
        summary.company(),
        !below.isEmpty() ? Lack.RESOLUTION : unloaded ? Lack.LOAD : null,
        Optional.ofNullable(summary.batches()).map(b -> b.p99()).orElse(Double.NaN),
        !below.isEmpty() ? below : unloaded ? "load not reached: " + reason : reason);
  }
}
