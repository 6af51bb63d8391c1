package dev.bpfgauge.run;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What run.json says of a run in words: each sentence once, and the loads' work in all. */
final class RunNotes {
  private final Set<String> notes = new LinkedHashSet<>();

  /** Arm and stressor → bogo operations, as stress-ng counted them. */
  private final SortedMap<String, Double> work = new TreeMap<>();

  /** Whether it is new. */
  boolean add(String sentence) {
    return notes.add(sentence);
  }

  /** The sentences in the order in which they came, then the work. */
  List<String> all() {
    List<String> all = new ArrayList<>(notes);
    work.forEach((what, operations) ->
        all.add(String.format(Locale.ROOT, "%s: %.0f in all", what, operations)));
    return all;
  }

  /** A listener that keeps every note, and hands on what is new. */
  SessionListener keeping(SessionListener inner) {
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
