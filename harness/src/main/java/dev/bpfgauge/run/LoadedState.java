package dev.bpfgauge.run;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.SuiteWords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This machine in a profile's state, for a program that measures by itself instead of a {@link
 * Session}: a guest of the lab.
 */
public final class LoadedState implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofHours(6);

  private final ArmState state;

  private LoadedState(ArmState state) {
    this.state = state;
  }

  /** Why this machine cannot be brought into the state, as one sentence. */
  public static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
      super(reason);
    }
  }

  /**
   * What became of a cell, with the proofs of the load around it.
   *
   * @param reason one sentence where the status is not {@link ForkStatus#OK}
   */
  public record Judged(
      ForkStatus status, String reason, @Nullable Measurement measurement, List<LoadCheck> load) {}

  /**
   * Brings the machine into the state.
   *
   * @param profile as a user names it
   * @param folder the working folder, whose stress-profiles/ come first; logs go there as well
   * @throws UnavailableException where this machine cannot; nothing is left changed
   */
  public static LoadedState enter(String profile, Path folder)
      throws UnavailableException, InterruptedException {
    try {
      MachineStates states =
          new MachineStates(
              List.of(new ArmInfo(profile, profile, "", "")),
              new Profiles(folder),
              true,
              LONGEST,
              folder,
              SavedState.in(SavedState.defaultFolder(), Roots.SYSTEM),
              new Silent());
      return new LoadedState(states.enter(profile));
    } catch (ArmState.UnavailableException e) {
      throw new UnavailableException(e.reason());
    }
  }

  /** Measures a cell once the load is there, and judges whether it stayed. */
  public Judged measure(Cell cell, Supplier<Outcome> meter) throws InterruptedException {
    List<LoadCheck> before = state.before();
    if (!Session.reached(before)) {
      return new Judged(ForkStatus.LOAD_NOT_REACHED, Session.missed(before, state), null, before);
    }
    ArmState.During during = state.during(cell);
    Outcome outcome = meter.get();
    List<LoadCheck> load = Stream.concat(before.stream(), during.end().stream()).toList();
    return judged(cell, outcome, load);
  }

  /** What an outcome is worth with these proofs. */
  public static Judged judged(Cell cell, Outcome outcome, List<LoadCheck> proofs) {
    List<LoadCheck> load = withOwnShare(cell, outcome, proofs);
    return switch (outcome) {
      case Outcome.Measured(Measurement m, String _)
          when !SuiteWords.isUsable(cell, m.meanNanosPerOp()) ->
          new Judged(
              ForkStatus.CRASHED,
              "it measured %.3g ns, which no run takes: the machine is too busy, or the run too short to be told from what is subtracted"
                  .formatted(m.meanNanosPerOp()),
              null,
              load);
      case Outcome.Measured(Measurement m, String _) when Session.reached(load) ->
          new Judged(ForkStatus.OK, "", OwnCpu.without(m), load);
      case Outcome.Measured(Measurement m, String _) ->
          new Judged(ForkStatus.LOAD_NOT_REACHED, Session.missed(load), OwnCpu.without(m), load);
      case Outcome.Refused(String reason) -> new Judged(ForkStatus.REFUSED, reason, null, load);
      case Outcome.Unavailable(String reason) ->
          new Judged(ForkStatus.UNAVAILABLE, reason, null, load);
      case Outcome.Failed(String reason) -> new Judged(ForkStatus.CRASHED, reason, null, load);
    };
  }

  private static List<LoadCheck> withOwnShare(Cell cell, Outcome outcome, List<LoadCheck> proofs) {
    Double share =
        outcome instanceof Outcome.Measured(Measurement m, String _) ? OwnCpu.share(m) : null;
    if (share == null) {
      return proofs;
    }
    String threads = cell.params().getOrDefault("threads", "1");
    LoadCheck own =
        OwnShare.check(
            share,
            Math.min(Cpu.count(), AllowedCpus.read().quota().orElse(Cpu.count())),
            threads.matches("\\d{1,4}") ? Integer.parseInt(threads) : 1,
            proofs);
    return Stream.concat(proofs.stream(), Stream.of(own)).toList();
  }

  @Override
  public void close() {
    state.close();
  }

  private static final class Silent implements SessionListener {
    @Override
    public void note(String sentence) {}

    @Override
    public void arm(int round, ArmInfo arm) {}

    @Override
    public void work(String arm, LoadCheck bogoOperations) {}

    @Override
    public void fork(ForkRecord fork, int done, int total) {}
  }
}
