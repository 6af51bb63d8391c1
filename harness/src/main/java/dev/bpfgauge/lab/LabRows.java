package dev.bpfgauge.lab;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.run.RunClock;
import dev.bpfgauge.run.RunRecorder;
import dev.bpfgauge.run.SessionListener;
import java.util.Set;

/** The journal, which guests side by side share. */
final class LabRows {
  private final Journal journal;
  private final SessionListener listener;
  private final RunClock clock;
  private final int total;

  /** Of an earlier session: not measured again. */
  private final Set<Integer> done;

  private int count;

  LabRows(RunRecorder.Recording recording, int total) {
    this.journal = recording.journal();
    this.listener = recording.listener();
    this.clock = recording.clock();
    this.done = recording.done();
    this.total = total;
    this.count = done.size();
  }

  synchronized void add(ForkRecord row) {
    journal.append(row);
    listener.fork(row, ++count, total);
  }

  boolean isDone(int seq) {
    return done.contains(seq);
  }

  /** Since the run's start. */
  long millis() {
    return clock.millis();
  }
}
