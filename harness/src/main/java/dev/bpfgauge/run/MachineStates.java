package dev.bpfgauge.run;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.PowerState;
import dev.bpfgauge.machine.host.PowerState.CStates;
import dev.bpfgauge.machine.host.PowerState.PStates;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.sample.SystemUseWindow;
import dev.bpfgauge.machine.stress.Load;
import dev.bpfgauge.machine.stress.LoadSettings;
import dev.bpfgauge.machine.stress.Profile;
import dev.bpfgauge.machine.stress.Profile.Wish;
import dev.bpfgauge.machine.stress.ProfileException;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.machine.stress.SystemUse;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings this machine in the state of an arm: idle states and frequency first, then the load. */
final class MachineStates implements ArmState.Source {
  private static final Set<String> HOUSEKEEPING = Set.of("--timeout", "--temp-path", "--yaml");

  /** What may pass between two turns for settings to be written. */
  private static final Duration SOON = Duration.ofMillis(20);

  private final Map<String, Profile> profiles = new TreeMap<>();
  private final Map<PowerState.Wanted, Tried> tried = new HashMap<>();
  private final boolean needsQuiet;
  private final LoadSettings settings;
  private final SavedState saved;
  private final SessionListener listener;

  /**
   * @param needsQuiet nothing counts on a busy machine where a profile has no load
   * @param longestBlock the longest time one arm stays up; stress-ng ends itself a little later
   * @param folder where stress-ng's log goes
   */
  MachineStates(
      List<ArmInfo> arms,
      Profiles known,
      boolean needsQuiet,
      Duration longestBlock,
      Path folder,
      SavedState saved,
      SessionListener listener) {
    arms.forEach(arm -> profiles.put(arm.label(), known.find(arm.profile())));
    this.settings = LoadSettings.of(AllowedCpus.read(), longestBlock, folder);
    this.needsQuiet = needsQuiet;
    this.saved = saved;
    this.listener = listener;
  }

  @Override
  public ArmState enter(String label) throws ArmState.UnavailableException {
    return enter(label, List.of(label));
  }

  @Override
  public ArmState enter(String label, Collection<String> all) throws ArmState.UnavailableException {
    Profile profile = profile(label);
    Optional<String> reason = Load.unavailable(profile, settings);
    if (reason.isPresent()) {
      throw new ArmState.UnavailableException(reason.get());
    }
    Power power = new Power(label, profile.power(), differ(all, PowerState.Wanted::idleStates));
    try {
      return new MachineState(label, profile, power, Load.start(profile, settings));
    } catch (ProfileException e) {
      power.close();
      throw new ArmState.UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Loads can that are stopped and go on in no time, and a note names one that cannot. Idle states
   * can where writing them takes no longer than {@link #SOON}. Frequencies cannot: a governor takes
   * its time until it has found one.
   */
  @Override
  public boolean canTakeTurns(Collection<String> labels) {
    boolean can = true;
    for (String label : labels) {
      Optional<String> why = Load.inOnePiece(profile(label));
      why.ifPresent(reason -> listener.note(label + ": " + reason));
      can &= why.isEmpty();
    }
    if (differ(labels, PowerState.Wanted::frequencies)
        && wishes(labels, PowerState.Wanted::frequencies).anyMatch(one -> tried(one).changes())) {
      return false;
    }
    if (differ(labels, PowerState.Wanted::idleStates)) {
      for (String label : labels) {
        List<String> why =
            wishes(List.of(label), PowerState.Wanted::idleStates)
                .map(wish -> tried(wish).noTurns())
                .filter(reason -> !reason.isEmpty())
                .distinct()
                .toList();
        why.forEach(reason -> listener.note(label + ": " + reason));
        can &= why.isEmpty();
      }
    }
    return can;
  }

  private boolean differ(Collection<String> labels, UnaryOperator<PowerState.Wanted> part) {
    return labels.stream().map(label -> wishes(List.of(label), part).toList()).distinct().count()
        > 1;
  }

  /** What profiles demand and what they prefer. */
  private Stream<PowerState.Wanted> wishes(
      Collection<String> labels, UnaryOperator<PowerState.Wanted> part) {
    return labels.stream()
        .map(label -> profile(label).power())
        .flatMap(power -> Stream.of(demanded(power), preferred(power)))
        .map(part);
  }

  /**
   * What became of a wish.
   *
   * @param changes whether this machine has what it changes
   * @param noTurns why it cannot be put back and set again for each turn; empty where it can
   */
  private record Tried(boolean changes, String noTurns) {}

  /** Tries a wish once, and puts it back at once. */
  private Tried tried(PowerState.Wanted wish) {
    return tried.computeIfAbsent(
        wish,
        _ -> {
          PowerState.Applied now = PowerState.apply(wish, Roots.SYSTEM, saved);
          String noTurns = noTurns(now);
          now.restore().failed().forEach(what -> listener.note("not put back: " + what));
          return new Tried(!now.done().isEmpty(), noTurns);
        });
  }

  private static String noTurns(PowerState.Applied now) {
    long start = System.nanoTime();
    try {
      now.suspend();
      now.resume();
    } catch (UncheckedIOException e) {
      return String.valueOf(e.getMessage());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return took.compareTo(SOON) <= 0
        ? ""
        : "its idle states take %d ms to set, too long for turns of a tenth of a second"
            .formatted(took.toMillis());
  }

  @Override
  public String stateOf(String label) {
    return profile(label).name();
  }

  /** Whom a note is about: the profile where all arms have the same, which need it once. */
  private String whose(String label) {
    boolean isEverybodys = profiles.values().stream().map(Profile::name).distinct().count() == 1;
    return isEverybodys ? profile(label).name() : label;
  }

  private Profile profile(String label) {
    return Optional.ofNullable(profiles.get(label)).orElseThrow();
  }

  /** The power state of one arm; what a profile prefers is a note where it cannot be had. */
  private final class Power {
    /** Newest first. */
    private final List<PowerState.Applied> applied = new ArrayList<>();

    /** Those of them that {@link #suspend} puts back for a while, newest first. */
    private final List<PowerState.Applied> inTurns = new ArrayList<>();

    private final List<String> notes = new ArrayList<>();

    Power(String label, Profile.Power wanted, boolean idleStatesTakeTurns)
        throws ArmState.UnavailableException {
      List<String> lacking = apply(demanded(wanted), idleStatesTakeTurns);
      boolean nothingDone = applied.stream().allMatch(a -> a.done().isEmpty());
      if (!lacking.isEmpty() && nothingDone) {
        close();
        throw new ArmState.UnavailableException(
            lacking.stream()
                .map(reason -> reason.replaceFirst("^unavailable: ", ""))
                .collect(Collectors.joining("; ")));
      }
      lacking.addAll(apply(preferred(wanted), idleStatesTakeTurns));
      lacking.forEach(reason -> notes.add(whose(label) + ", power state: " + reason));
      applied.stream()
          .flatMap(a -> a.done().stream())
          .forEach(done -> notes.add(whose(label) + ", power state: " + done));
    }

    private List<String> apply(PowerState.Wanted wanted, boolean idleStatesTakeTurns) {
      PowerState.Applied idle = PowerState.apply(wanted.idleStates(), Roots.SYSTEM, saved);
      PowerState.Applied frequency = PowerState.apply(wanted.frequencies(), Roots.SYSTEM, saved);
      applied.addFirst(idle);
      applied.addFirst(frequency);
      if (idleStatesTakeTurns) {
        inTurns.addFirst(idle);
      }
      return Stream.of(idle, frequency)
          .flatMap(one -> one.unavailable().stream())
          .collect(Collectors.toCollection(ArrayList::new));
    }

    void suspend() {
      inTurns.forEach(PowerState.Applied::suspend);
    }

    void resume() {
      inTurns.reversed().forEach(PowerState.Applied::resume);
    }

    void close() {
      for (PowerState.Applied now : applied) {
        now.restore().failed().forEach(what -> listener.note("not put back: " + what));
      }
    }
  }

  private static PowerState.Wanted demanded(Profile.Power power) {
    return new PowerState.Wanted(
        switch (power.cstates()) {
          case ON -> CStates.ON;
          case OFF -> CStates.OFF;
          case UNCHANGED, PREFER_OFF -> CStates.AS_FOUND;
        },
        switch (power.pstates()) {
          case ON -> PStates.SCALING;
          case OFF -> PStates.FIXED;
          case UNCHANGED, PREFER_OFF -> PStates.AS_FOUND;
        },
        power.cpuLatencyMicros());
  }

  private static PowerState.Wanted preferred(Profile.Power power) {
    return new PowerState.Wanted(
        power.cstates() == Wish.PREFER_OFF ? CStates.OFF : CStates.AS_FOUND,
        power.pstates() == Wish.PREFER_OFF ? PStates.FIXED : PStates.AS_FOUND,
        OptionalInt.empty());
  }

  /** What the sampler's package says about the system. */
  private record Watched(AllowedCpus cpus) implements SystemUse {
    @Override
    public double cpuPercent(Duration window) throws InterruptedException {
      SystemUseWindow open = SystemUseWindow.open(cpus);
      Thread.sleep(window);
      return open.cpuPercent();
    }

    @Override
    public double memoryUsedPercent() {
      return SystemUseWindow.memoryUsedPercent();
    }
  }

  /** The command without where its figures go and when it would end by itself. */
  private static String essence(List<String> command) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < command.size(); i++) {
      if (HOUSEKEEPING.contains(command.get(i))) {
        i++; // and its value
      } else {
        kept.add(command.get(i));
      }
    }
    return String.join(" ", kept);
  }

  private final class MachineState implements ArmState {
    private final String label;
    private final Profile profile;
    private final Power power;
    private final Load load;

    MachineState(String label, Profile profile, Power power, Load load) {
      this.label = label;
      this.profile = profile;
      this.power = power;
      this.load = load;
    }

    @Override
    public List<String> notes() {
      List<String> notes = new ArrayList<>(power.notes);
      Load.leftOut(profile, settings.cpus())
          .ifPresent(what -> notes.add(whose(label) + ": " + what));
      Load.Description made = load.describe();
      if (!made.command().isEmpty()) {
        notes.add(whose(label) + ": " + essence(made.command()) + " (" + made.containment() + ")");
      }
      return notes;
    }

    @Override
    public List<LoadCheck> before() throws InterruptedException {
      return isAsItIs() ? List.of() : load.before(new Watched(settings.cpus()));
    }

    /** Nothing is asked of the machine. */
    private boolean isAsItIs() {
      return !hasLoad() && !needsQuiet;
    }

    @Override
    public boolean hasLoad() {
      return !profile.isWithoutLoad();
    }

    @Override
    public boolean pause() {
      boolean stopped = load.pause();
      power.suspend();
      return stopped;
    }

    @Override
    public void go() {
      power.resume();
      load.go();
    }

    @Override
    public Duration settling() {
      return load.settling();
    }

    @Override
    public During during(Cell cell) {
      if (isAsItIs()) {
        return List::of;
      }
      String threads = cell.param("threads");
      Load.DuringProbe probe = load.during(threads.isEmpty() ? 1 : Integer.parseInt(threads));
      return new During() {
        @Override
        public List<LoadCheck> end() {
          return probe.end();
        }

        @Override
        public List<LoadCheck> end(Duration worked) {
          return probe.end(worked);
        }
      };
    }

    @Override
    public void finish() throws InterruptedException {
      try {
        for (LoadCheck check : load.finish()) {
          listener.work(label, check);
        }
      } catch (ProfileException e) {
        listener.note(label + ": " + e.getMessage());
      }
    }

    @Override
    public String lastWords() {
      return load.lastWords();
    }

    @Override
    public void close() {
      power.close(); // First: a stressor may take its time to die, and Ctrl-C does not wait for it.
      load.close();
    }
  }
}
