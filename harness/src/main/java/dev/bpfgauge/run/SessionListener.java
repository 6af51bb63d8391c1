package dev.bpfgauge.run;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.RunInfo.ArmInfo;

/** Told what a session does, as it does it. */
public interface SessionListener extends AutoCloseable {

  /** A sentence for the user: a setting changed, a thing missing. */
  void note(String sentence);

  /** An arm's state is being brought up. */
  void arm(int round, ArmInfo arm);

  /** What an arm's stressors say, at the end of a block of forks, about their own work. */
  void work(String arm, LoadCheck bogoOperations);

  /**
   * A fork is in the journal.
   *
   * @param done forks in the journal
   * @param total forks in the plan
   */
  void fork(ForkRecord fork, int done, int total);

  /** Nothing more will be told. */
  @Override
  default void close() {}
}
