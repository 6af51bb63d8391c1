package dev.bpfgauge.run;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import java.util.List;

/** Keeps the sentences that are told, and nothing else. */
record Notes(List<String> notes) implements SessionListener {
  @Override
  public void note(String sentence) {
    notes.add(sentence);
  }

  @Override
  public void arm(int round, ArmInfo arm) {}

  @Override
  public void work(String arm, LoadCheck bogoOperations) {}

  @Override
  public void fork(ForkRecord fork, int done, int total) {}
}
