package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Decisions of one scenario, from its start to its end, into a file. */
public final class Recording {
  private static final long PERIOD_MILLIS = 100;

  private final Collector collector;
  private final DecisionCsv.Writer file;
  private final int batch;
  private long rows;
  private long trainable;
  private long migrated;
  private long unwritten;

  /**
   * Records by a collector into a file.
   *
   * @param batch rows after which the file has them
   */
  public Recording(Collector collector, DecisionCsv.Writer file, int batch) {
    this.collector = collector;
    this.file = file;
    this.batch = batch;
  }

  /**
   * How much was recorded.
   *
   * @param seen decisions that the kernel made
   * @param rows of them in the file
   * @param trainable of these, where a hot cache was asked about
   * @param migrated of these, where the task might go
   * @param lost that were to be recorded and found no room
   * @param work what the scenario did meanwhile
   */
  public record Counts(
      long seen, long rows, long trainable, long migrated, long lost, Scenario.Work work) {}

  /**
   * Runs a scenario to its end.
   *
   * @throws Refusal where one of its programs is missing
   * @throws IllegalStateException where it fails
   * @throws InterruptedException where this thread is interrupted; what was recorded is in the file
   */
  public Counts record(Scenario scenario, Scenario.Place place) throws InterruptedException {
    FutureTask<Scenario.Work> load = new FutureTask<>(() -> scenario.run(place));
    Thread thread = Thread.ofPlatform().name("scenario").start(load);
    try {
      while (!load.isDone()) {
        collector.take(this::write);
        Thread.sleep(PERIOD_MILLIS);
      }
      thread.join();
    } finally {
      thread.interrupt();
      collector.detach();
      collector.takeWaiting(this::write);
      file.flush();
    }
    try {
      return new Counts(collector.seen(), rows, trainable, migrated, collector.lost(), load.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  private void write(Decision decision) {
    file.write(decision);
    rows++;
    if (decision.isTrainable()) {
      trainable++;
      migrated += decision.get(Column.CAN_MIGRATE);
    }
    if (++unwritten >= batch) {
      file.flush();
      unwritten = 0;
    }
  }
}
