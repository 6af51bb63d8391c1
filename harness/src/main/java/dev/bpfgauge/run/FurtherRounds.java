package dev.bpfgauge.run;

import dev.bpfgauge.analysis.OpenVerdicts;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.Looks;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rounds that a run measures until its verdicts are decided, or its time is over. It looks at
 * the journal after some rounds only, and what it sees there depends on nothing else: a run that
 * was interrupted goes on as it would have.
 */
final class FurtherRounds implements Session.Further {
  private final Plan plan;
  private final RunFolder folder;
  private final RunClock clock;
  private final SessionListener listener;
  private final Set<Cell> goOn;
  private @Nullable OpenVerdicts seen;
  private String end = "";

  /**
   * @param clock of the run, over all its sessions
   * @param listener told once that the run goes on
   */
  FurtherRounds(Plan plan, RunFolder folder, RunClock clock, SessionListener listener) {
    this.plan = plan;
    this.folder = folder;
    this.clock = clock;
    this.listener = listener;
    this.goOn = plan.goesOn();
  }

  @Override
  public Set<Cell> in(int round) {
    Until until =
        Objects.requireNonNull(plan.until(), "a plan with further rounds says until when");
    Looks looks = new Looks(until.looks());
    boolean isFirst = seen == null;
    OpenVerdicts open = seen;
    if (open == null || looks.isAfter(round)) {
      open = look(until, looks.lastUpTo(round));
      seen = open;
    }
    if (open.open() > 0 && until.millis() > 0 && clock.millis() >= until.millis()) {
      end = "the time for this run is over";
      return Set.of();
    }
    if (isFirst && open.open() > 0) {
      listener.note(
          "after %d rounds %d of %d %s are open: the run goes on with them%s"
              .formatted(
                  round,
                  open.open(),
                  open.asked(),
                  until.share() == 0 ? "verdicts" : "intervals",
                  until.millis() == 0
                      ? ""
                      : ", until it has taken " + Until.words(until.millis()) + " in all"));
    }
    return open.cells();
  }

  /** What is open after so many rounds. */
  private OpenVerdicts look(Until until, int rounds) {
    RunData run = folder.read();
    RunData so =
        new RunData(
            run.info(),
            run.forks().stream().filter(fork -> fork.round() < rounds).toList(),
            run.samples());
    return until.share() == 0
        ? OpenVerdicts.undecided(so, goOn)
        : OpenVerdicts.widerThan(until.share(), so, goOn);
  }

  /** Why the run ended where it did; empty for a plan that does not ask. */
  Optional<String> sentence() {
    Until until = plan.until();
    if (until == null) {
      return Optional.empty();
    }
    int rounds = folder.read().forks().stream().mapToInt(ForkRecord::round).max().orElse(-1) + 1;
    OpenVerdicts now = look(until, rounds);
    String what = until.share() == 0 ? "decided" : "narrow enough";
    String whole = until.share() == 0 ? "verdicts" : "intervals";
    if (now.asked() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        now.open() == 0
            ? "%d rounds: all %d %s asked for are %s".formatted(rounds, now.asked(), whole, what)
            : "%d rounds: %d of %d %s asked for are %s; %s"
                .formatted(
                    rounds,
                    now.asked() - now.open(),
                    now.asked(),
                    whole,
                    what,
                    end.isEmpty() ? "these were the most rounds planned" : end));
  }
}
