package dev.bpfgauge.run;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Environment;
import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.sample.Sampler;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Completeness;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.Status;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run from the lock to the finished run.json: holds the machine, samples it, runs the session
 * and leaves a valid folder behind, however it ends.
 */
public final class MeasuredRun {
  /** What the forks printed. */
  public static final String LOG = "forks.log";

  private final MachineLock lock;
  private final Path workingFolder;
  private final String version;
  private final List<String> commandLine;
  private final Duration forkDeadline;
  private final Consumer<RunFolder> derive;
  private final RunNotes notes = new RunNotes();

  /**
   * @param lock held while it measures
   * @param workingFolder its stress-profiles/ override those in the jar
   * @param version of this program
   * @param commandLine the arguments as given
   * @param forkDeadline when a fork is killed
   * @param derive writes the files that follow from the run, at its end, also when cancelled
   */
  public MeasuredRun(
      MachineLock lock,
      Path workingFolder,
      String version,
      List<String> commandLine,
      Duration forkDeadline,
      Consumer<RunFolder> derive) {
    this.lock = lock;
    this.workingFolder = workingFolder;
    this.version = version;
    this.commandLine = List.copyOf(commandLine);
    this.forkDeadline = forkDeadline;
    this.derive = derive;
  }

  /**
   * How a run ended.
   *
   * @param folder the run's folder
   * @param status how far it came
   */
  public record Result(RunFolder folder, Status status) {}

  /** Makes the listener once the number of forks is known: {@code (total, already done)}. */
  public interface ListenerFactory {
    SessionListener create(int total, int already);
  }

  /**
   * Runs a plan in a new folder.
   *
   * @throws Refusal where another harness runs, or this machine cannot do it at all
   */
  public Result start(Plan plan, Path resultsFolder, ListenerFactory listeners) {
    return start(plan, new TreeMap<>(), resultsFolder, listeners);
  }

  /**
   * The same with files that the forks need.
   *
   * @param files name in the run's folder → content
   */
  public Result start(
      Plan plan, SortedMap<String, byte[]> files, Path resultsFolder, ListenerFactory listeners) {
    List<Capability> capabilities = RunConditions.capabilities(plan.info().suites());
    try (InstanceLock _ = lock.take()) {
      List<String> putRight = cleanUpAfterOthers();
      RunFolder folder =
          RunFolder.create(resultsFolder, RunFolder.idAt(Instant.now(), suitesOf(plan)));
      folder.write(Plan.FILE, Json.indented(plan));
      files.forEach(folder::write);
      RunInfo info =
          new RunInfo(
              RunInfo.FORMAT_VERSION,
              folder.id(),
              Instant.now(),
              null,
              0,
              Status.RUNNING,
              version,
              commandLine,
              plan.info(),
              RunConditions.fingerprint(plan, folder),
              Environment.here(),
              capabilities,
              List.of());
      return execute(plan, folder, info, putRight, listeners);
    }
  }

  /** For the run's id: by name as long as they are few; the floor is in every run. */
  private static String suitesOf(Plan plan) {
    List<String> suites =
        plan.info().suites().stream().filter(suite -> !suite.equals(Cell.FLOOR)).toList();
    return suites.size() <= 2
        ? String.join("+", suites)
        : suites.getFirst() + "+" + (suites.size() - 1) + "-suites";
  }

  /**
   * Goes on with a run: what has no result yet, or failed, is measured.
   *
   * @throws Refusal where the run comes from another machine or kernel, or nothing is left to do
   */
  public Result resume(RunFolder folder, ListenerFactory listeners) {
    RunConditions.capabilities(folder.readInfo().plan().suites());
    try (InstanceLock _ = lock.take()) {
      List<String> putRight = cleanUpAfterOthers();
      RunInfo info = folder.readInfo();
      if (info.inLab() != RunConditions.isInGuest()) {
        throw Refusal.usage(
            "%s is a run of the lab: %s".formatted(folder.id(), folder.resumeCommand()));
      }
      Plan plan = Plan.of(folder);
      RunConditions.requireSame(
          folder, info.fingerprint(), RunConditions.fingerprint(plan, folder));
      info.notes().forEach(notes::add);
      if (info.isGuests()) {
        notes.add("it went on in another boot of the guest: one round has forks of two boots");
      }
      return execute(plan, folder, info, putRight, listeners);
    }
  }

  /**
   * Where loads put files; a guest of the lab has a disk for them, and the run's folder leaves it.
   */
  private static Path work(RunFolder folder) {
    String disk = RunConditions.ofGuest("disk");
    return disk.isEmpty() ? folder.path() : Path.of(disk);
  }

  private Result execute(
      Plan plan,
      RunFolder folder,
      RunInfo started,
      List<String> putRight,
      ListenerFactory listeners) {
    RunRecorder recorder =
        new RunRecorder(
            folder,
            plan.inAnyCase().size(),
            (total, already) -> notes.keeping(listeners.create(total, already)),
            (finishedAt, elapsedMillis, status) -> with(started, finishedAt, elapsedMillis, status),
            derive);
    return recorder.record(
        recording -> {
          putRight.forEach(recording.listener()::note);
          boolean interrupted = sampled(plan, folder, recording);
          Thread.interrupted(); // What is read and noted now must not be cut off.
          RunConditions.noteChanges(plan, folder, started, recording);
          return interrupted;
        },
        forks -> status(plan, forks));
  }

  private boolean sampled(Plan plan, RunFolder folder, RunRecorder.Recording recording) {
    RunClock clock = recording.clock();
    SessionListener listener = recording.listener();
    PlannedForks forks = new PlannedForks(plan, folder.path().resolve(LOG));
    Optional<Held.Holder> holder = SuiteArms.holder(plan);
    Duration deadline = deadline(plan, folder);
    Sampler sampler =
        Sampler.start(
            folder.path().resolve(RunFolder.SAMPLES),
            folder.path().resolve(RunFolder.SAMPLES_HEADER),
            clock.nanosAtStart(),
            clock.offsetMillis());
    try (sampler;
        Suites suites = new Suites()) {
      SavedState saved = SavedState.in(SavedState.defaultFolder(), Roots.SYSTEM);
      MachineStates states =
          new MachineStates(
              plan.arms(),
              new Profiles(workingFolder),
              plan.info().suites().stream().map(Suite::of).anyMatch(Suite::needsQuiet),
              forks.longestBlock(deadline),
              folder.path(),
              saved,
              listener);
      ArmState.Source arms = states;
      Function<PlannedFork, Callable<Outcome>> measure =
          fork -> suites.fork(fork.cell(), forks.settings(fork));
      Function<List<PlannedFork>, Callable<List<InTurns.Taken>>> inTurns =
          group -> forks.inTurns(suites, states, group);
      if (holder.isPresent()) {
        SuiteArms held =
            new SuiteArms(
                holder.get(),
                states,
                plan,
                folder.path(),
                work(folder),
                forks.log(),
                saved,
                listener);
        arms = held;
        measure = fork -> held.fork(fork, one -> forks.settings(one));
        inTurns = group -> held.inTurns(group, forks.inTurns(group));
      }
      FurtherRounds further = new FurtherRounds(plan, folder, clock, listener);
      new Session(
              plan, recording.journal(), arms, measure, inTurns, deadline, clock, listener, further)
          .run(recording.done());
      further.sentence().ifPresent(listener::note);
      return false;
    } catch (InterruptedException e) {
      return true;
    } finally {
      sampler.notes().forEach(listener::note);
      holder.ifPresent(it -> it.cleanUp(folder.path(), work(folder)));
    }
  }

  private Duration deadline(Plan plan, RunFolder folder) {
    return plan.info().suites().stream()
        .flatMap(suite -> Suite.named(suite).stream())
        .map(suite -> suite.longestFork(folder.path()))
        .reduce(forkDeadline, (one, other) -> one.compareTo(other) > 0 ? one : other);
  }

  /** Before anything is read of the machine: what a killed run left is no part of it. */
  private static List<String> cleanUpAfterOthers() {
    Scratch.deleteLeftovers();
    List<String> said = new ArrayList<>(Leftovers.endStressors());
    SavedState.Restored restored = Leftovers.restoreSettings();
    restored.restored().forEach(what -> said.add("put back after a killed run: " + what));
    restored.failed().forEach(what -> said.add("not put back: " + what));
    return said;
  }

  private static Status status(Plan plan, List<ForkRecord> forks) {
    Set<Integer> measured = forks.stream().map(ForkRecord::seq).collect(Collectors.toSet());
    // What was decided and not measured any more is not missing.
    List<Cell> planned =
        plan.forks().stream()
            .filter(fork -> fork.round() < plan.rounds() || measured.contains(fork.seq()))
            .map(PlannedFork::cell)
            .toList();
    return Completeness.of(planned, forks).status();
  }

  private RunInfo with(
      RunInfo info, @Nullable Instant finishedAt, long elapsedMillis, Status status) {
    return new RunInfo(
        info.formatVersion(),
        info.id(),
        info.startedAt(),
        finishedAt,
        elapsedMillis,
        status,
        info.bpfgaugeVersion(),
        info.commandLine(),
        info.plan(),
        info.fingerprint(),
        info.environment(),
        info.capabilities(),
        notes.all());
  }
}
