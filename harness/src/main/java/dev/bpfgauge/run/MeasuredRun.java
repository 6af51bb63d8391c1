package dev.bpfgauge.run;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.machine.host.Capabilities;
import dev.bpfgauge.machine.host.Environment;
import dev.bpfgauge.machine.host.Fingerprint;
import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.sample.Sampler;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Completeness;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.Status;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** Before what a guest is told of itself. */
  public static final String GUEST_PROPERTIES = "bpfgauge.guest.";

  /** The wall clock may drift so far from the monotonic one before that is called a jump. */
  private static final Duration CLOCK_JUMP = Duration.ofSeconds(1);

  private final MachineLock lock;
  private final Path workingFolder;
  private final String version;
  private final List<String> commandLine;
  private final Duration forkDeadline;
  private final Consumer<RunFolder> derive;
  private final Set<String> notes = new LinkedHashSet<>();

  /** Arm and stressor → bogo operations, as stress-ng counted them. */
  private final SortedMap<String, Double> work = new TreeMap<>();

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
    List<Capability> capabilities = requireBpf();
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
              fingerprint(plan),
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
    requireBpf();
    try (InstanceLock _ = lock.take()) {
      List<String> putRight = cleanUpAfterOthers();
      RunInfo info = folder.readInfo();
      if (info.inLab() != isInGuest()) {
        throw Refusal.usage(
            "%s is a run of the lab: %s".formatted(folder.id(), folder.resumeCommand()));
      }
      Plan plan = Plan.of(folder);
      requireSame(folder, info.fingerprint(), fingerprint(plan));
      notes.addAll(info.notes());
      if (info.isGuests()) {
        notes.add("it went on in another boot of the guest: one round has forks of two boots");
      }
      return execute(plan, folder, info, putRight, listeners);
    }
  }

  /** What this machine can do, where that is to create at least one kind of map. */
  private static List<Capability> requireBpf() {
    List<Capability> capabilities = Capabilities.probe();
    boolean maps =
        capabilities.stream().anyMatch(c -> c.name().startsWith("bpf.map.") && c.isSupported());
    if (!maps) {
      throw Refusal.environment(
          capabilities.stream()
              .filter(c -> !c.isSupported() && c.name().contains("bpf"))
              .findFirst()
              .map(c -> c.detail() + (c.fix().isEmpty() ? "" : "; " + c.fix()))
              .orElse("no BPF map can be created here; doctor says more"));
    }
    return capabilities;
  }

  /**
   * Where loads put files; a guest of the lab has a disk for them, and the run's folder leaves it.
   */
  private static Path work(RunFolder folder) {
    String disk = System.getProperty(GUEST_PROPERTIES + "disk", "");
    return disk.isEmpty() ? folder.path() : Path.of(disk);
  }

  /** In a guest of the lab also what it runs in, of which it knows nothing itself. */
  private static SortedMap<String, String> fingerprint(Plan plan) {
    SortedMap<String, String> print = new TreeMap<>(Fingerprint.read(Roots.SYSTEM));
    if (plan.forks().stream().anyMatch(MeasuredRun::isOfTurns)) {
      print.put(FingerprintPart.FIGURE.word(), FingerprintPart.MEDIAN_OF_TURNS);
    }
    for (String key : List.of(RunInfo.CLOCK, "emulator")) {
      String value = System.getProperty(GUEST_PROPERTIES + key, "");
      if (!value.isEmpty()) {
        print.put(key, value);
      }
    }
    return print;
  }

  private static boolean isInGuest() {
    return !System.getProperty(GUEST_PROPERTIES + RunInfo.CLOCK, "").isEmpty();
  }

  /** Whether its figure is a median of turns: in a shared process, or its suite's meter's own. */
  private static boolean isOfTurns(PlannedFork fork) {
    return fork.process() != null
        || Suite.named(fork.cell().suite())
            .filter(suite -> suite.inTurns().isEmpty())
            .filter(suite -> suite.extras().stream().anyMatch(x -> x.isNamed(Measurement.TURNS)))
            .isPresent();
  }

  /**
   * Refuses to go on where things are not as they were.
   *
   * @param then the run's fingerprint
   * @throws Refusal that names what differs
   */
  public static void requireSame(
      RunFolder folder, Map<String, String> then, Map<String, String> now) {
    String differing =
        FingerprintDifference.between(now, then).stream()
            .map(FingerprintDifference::words)
            .collect(Collectors.joining("; "));
    if (!differing.isEmpty()) {
      throw Refusal.environment(
          "cannot resume "
              + folder.id()
              + " here, its forks would not be comparable: "
              + differing
              + ". Start a new run.");
    }
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
            (total, already) -> noting(listeners.create(total, already)),
            (finishedAt, elapsedMillis, status) -> with(started, finishedAt, elapsedMillis, status),
            derive);
    return recorder.record(
        recording -> {
          putRight.forEach(recording.listener()::note);
          boolean interrupted = sampled(plan, folder, recording);
          Thread.interrupted(); // What is read and noted now must not be cut off.
          noteChanges(plan, started, recording);
          return interrupted;
        },
        forks -> status(plan, forks));
  }

  private static void noteChanges(Plan plan, RunInfo started, RunRecorder.Recording recording) {
    Duration drift = recording.clock().wallDrift();
    if (drift.abs().compareTo(CLOCK_JUMP) > 0) {
      recording
          .listener()
          .note(
              "the wall clock jumped by "
                  + drift.toMillis()
                  + " ms during the run; all durations come from the monotonic clock");
    }
    FingerprintDifference.between(fingerprint(plan), started.fingerprint())
        .forEach(changed ->
            recording
                .listener()
                .note(
                    "changed while the run went on: "
                        + changed.words()
                        + "; forks from before and after are not alike"));
  }

  private boolean sampled(Plan plan, RunFolder folder, RunRecorder.Recording recording) {
    RunClock clock = recording.clock();
    SessionListener listener = recording.listener();
    Path log = folder.path().resolve(LOG);
    Optional<Held.Holder> holder = SuiteArms.holder(plan);
    Sampler sampler =
        Sampler.start(
            folder.path().resolve(RunFolder.SAMPLES),
            folder.path().resolve(RunFolder.SAMPLES_HEADER),
            clock.nanosAtStart(),
            clock.offsetMillis());
    try (sampler;
        Suites suites = new Suites()) {
      MachineStates states =
          new MachineStates(
              plan.arms(),
              new Profiles(workingFolder),
              longestBlock(plan),
              folder.path(),
              SavedState.in(SavedState.defaultFolder(), Roots.SYSTEM),
              listener);
      ArmState.Source arms = states;
      Function<PlannedFork, Callable<Outcome>> measure =
          fork -> suites.fork(fork.cell(), settings(plan, fork, log));
      if (holder.isPresent()) {
        SuiteArms held =
            new SuiteArms(holder.get(), states, plan, folder.path(), work(folder), log);
        arms = held;
        measure = fork -> held.fork(fork, one -> settings(plan, one, log));
      }
      Function<List<PlannedFork>, Callable<List<InTurns.Taken>>> inTurns =
          forks -> inTurns(plan, suites, states, forks, log);
      FurtherRounds further = new FurtherRounds(plan, folder, clock, listener);
      new Session(
              plan,
              recording.journal(),
              arms,
              measure,
              inTurns,
              forkDeadline,
              clock,
              listener,
              further)
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

  /** Arms of one state share a slot's turns, where they do not differ in anything else. */
  private static Callable<List<InTurns.Taken>> inTurns(
      Plan plan, Suites suites, ArmState.Source states, List<PlannedFork> forks, Path log) {
    Map<String, List<String>> copies = new TreeMap<>();
    List<InTurns.Slot> slots = new ArrayList<>();
    for (PlannedFork fork : forks) {
      String arm = fork.cell().profile();
      long delay = plan.injectNanos().getOrDefault(arm, 0L);
      List<String> alike =
          copies.computeIfAbsent(states.stateOf(arm) + " " + delay, _ -> new ArrayList<>());
      if (!alike.contains(arm)) {
        alike.add(arm);
      }
      boolean itsOwn = Suite.of(fork.cell().suite()).arms().isPresent();
      slots.add(
          new InTurns.Slot(
              fork.cell().on(""), itsOwn ? arm : "", delay, itsOwn ? 0 : alike.indexOf(arm)));
    }
    List<InTurns.Slot> distinct = slots.stream().distinct().toList();
    Plan.Times times = plan.inTurns(forks.size());
    Callable<List<InTurns.Taken>> process = suites.inTurns(distinct, settings(plan, times, 0, log));
    return () -> {
      List<InTurns.Taken> taken = process.call();
      return slots.stream().map(slot -> taken.get(distinct.indexOf(slot))).toList();
    };
  }

  private static Settings settings(Plan plan, PlannedFork fork, Path log) {
    long delay = plan.injectNanos().getOrDefault(fork.cell().profile(), 0L);
    return settings(plan, plan.timesOf(fork), delay, log);
  }

  private static Settings settings(Plan plan, Plan.Times times, long delay, Path log) {
    return new Settings(
        times.warmupMillis(),
        times.measureMillis(),
        times.iterations(),
        plan.seed(),
        delay,
        log,
        List.of(),
        Path.of(System.getProperty("java.home")),
        false);
  }

  /** All forks of one round on one arm, each until its deadline. */
  private Duration longestBlock(Plan plan) {
    int forksInABlock =
        plan.forks().stream()
            .collect(
                Collectors.groupingBy(
                    fork -> fork.round() + fork.cell().profile(), Collectors.summingInt(_ -> 1)))
            .values()
            .stream()
            .max(Integer::compare)
            .orElse(0);
    return forkDeadline.multipliedBy(forksInABlock).plusMinutes(1);
  }

  /** Before anything is read of the machine: what a killed run left is no part of it. */
  private static List<String> cleanUpAfterOthers() {
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
        allNotes());
  }

  private List<String> allNotes() {
    List<String> all = new ArrayList<>(notes);
    work.forEach((what, operations) ->
        all.add(String.format(Locale.ROOT, "%s: %.0f in all", what, operations)));
    return all;
  }

  /** Keeps every note for run.json. */
  private SessionListener noting(SessionListener inner) {
    return new SessionListener() {
      @Override
      public void note(String sentence) {
        if (notes.add(sentence)) {
          inner.note(sentence);
        }
      }

      @Override
      public void arm(int round, ArmInfo arm) {
        inner.arm(round, arm);
      }

      @Override
      public void work(String arm, LoadCheck bogoOperations) {
        work.merge(arm + ": " + bogoOperations.what(), bogoOperations.seen(), Double::sum);
        inner.work(arm, bogoOperations);
      }

      @Override
      public void fork(ForkRecord fork, int done, int total) {
        inner.fork(fork, done, total);
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }
}
