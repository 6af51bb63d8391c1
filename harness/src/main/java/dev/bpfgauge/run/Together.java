package dev.bpfgauge.run;

import dev.bpfgauge.measure.Windows;
import dev.bpfgauge.model.LoadCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Several arms that are entered at once: all loads are there, and all but one are paused. While a
 * process measures they take turns, so that what the machine does for seconds hits them all alike.
 * Arms of one state, such as those of an A/A test, have one load, and it works for all of them.
 *
 * <p>Used by one thread; the turns are given by another.
 */
final class Together implements AutoCloseable {
  /** A turn of an arm without load, and of one with: both on average, lengths are drawn. */
  private static final Duration REST = Duration.ofMillis(100);

  private static final Duration WORK = Duration.ofMillis(150);

  /** Lengths differ by so much either way, so that nothing on the machine keeps step with them. */
  private static final double SPREAD = 0.4;

  private final ArmState.Source states;
  private final Map<String, ArmState> entered = new LinkedHashMap<>();
  private final Map<String, ArmState> byState = new LinkedHashMap<>();
  private final Map<String, List<LoadCheck>> proofs = new HashMap<>();
  private final Map<String, String> unavailable = new LinkedHashMap<>();

  private Together(ArmState.Source states) {
    this.states = states;
  }

  /**
   * Enters arms; those that this machine cannot do are {@link #unavailable}.
   *
   * @throws InterruptedException where the run was cancelled; nothing is left changed
   */
  static Together enter(ArmState.Source states, Collection<String> labels)
      throws InterruptedException {
    Together together = new Together(states);
    try {
      for (String label : labels) {
        together.enter(label, labels);
      }
      return together;
    } catch (InterruptedException | RuntimeException e) {
      together.close();
      throw e;
    }
  }

  private void enter(String label, Collection<String> all) throws InterruptedException {
    try {
      ArmState state = byState.get(states.stateOf(label));
      if (state == null) {
        state = states.enter(label, all);
        byState.put(states.stateOf(label), state);
        state.pause();
      }
      entered.put(label, state);
    } catch (ArmState.UnavailableException e) {
      unavailable.put(label, e.reason());
    }
  }

  /** Arm → why this machine cannot do it. */
  Map<String, String> unavailable() {
    return unavailable;
  }

  Map<String, ArmState> entered() {
    return entered;
  }

  /** Lets the arm's load work alone, waits until it is there and proves it; once for a state. */
  List<LoadCheck> before(String label) throws InterruptedException {
    String word = states.stateOf(label);
    List<LoadCheck> known = proofs.get(word);
    if (known != null) {
      return known;
    }
    ArmState state = Objects.requireNonNull(byState.get(word), word);
    state.go();
    try {
      List<LoadCheck> checks = state.before();
      proofs.put(word, checks);
      return checks;
    } finally {
      state.pause();
    }
  }

  /** Gives arms their turns from now on. */
  Turning turn(Collection<String> labels, long seed) {
    return new Turning(labels.stream().map(states::stateOf).distinct().toList(), seed);
  }

  /** Ends the loads in order. */
  void finish() throws InterruptedException {
    for (ArmState state : byState.values()) {
      state.finish();
    }
  }

  @Override
  public void close() {
    new ArrayList<>(byState.values()).reversed().forEach(ArmState::close);
  }

  /** The turns while they are given. */
  final class Turning {
    private final List<String> words;
    private final Map<String, List<Windows.Span>> spans = new HashMap<>();
    private final Map<String, Long> worked = new HashMap<>();
    private final Random random;
    private final Thread thread;
    private volatile boolean over;
    private volatile @Nullable RuntimeException failure;

    private Turning(List<String> words, long seed) {
      this.words = words;
      this.random = new Random(seed);
      this.thread = Thread.ofPlatform().daemon().name("turns of arms").start(this::turnsOrFailure);
    }

    private void turnsOrFailure() {
      try {
        turns();
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    private void turns() {
      List<String> order = new ArrayList<>(words);
      while (!over) {
        Collections.shuffle(order, random);
        for (String word : order) {
          if (!over) {
            turn(word, Objects.requireNonNull(byState.get(word)));
          }
        }
      }
    }

    private void turn(String word, ArmState state) {
      state.go();
      long start = System.nanoTime();
      long settled = start + state.settling().toNanos();
      sleepUntil(Math.max(start, settled - TimeUnit.MILLISECONDS.toNanos(5)) + length(state));
      long end = System.nanoTime();
      worked.merge(word, end - start, Long::sum);
      spans.computeIfAbsent(word, _ -> new ArrayList<>()).add(new Windows.Span(settled, end));
      boolean stopped = state.pause();
      while (!stopped && !over) { // The next turn is not one of two loads.
        stopped = state.pause();
      }
    }

    /**
     * The only state stays to the end: what crossed an end of its turn would be lost for nothing.
     */
    private long length(ArmState state) {
      if (words.size() == 1) {
        return Long.MAX_VALUE / 2;
      }
      Duration length = state.hasLoad() ? WORK : REST;
      return (long) (length.toNanos() * (1 + SPREAD * (2 * random.nextDouble() - 1)));
    }

    private void sleepUntil(long end) {
      for (long left = end - System.nanoTime(); left > 0 && !over; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    /**
     * Ends the turns; every load is paused then, or about to be.
     *
     * @return why they ended before, where they did: a load could not be paused or let go on
     */
    Optional<RuntimeException> end() throws InterruptedException {
      over = true;
      LockSupport.unpark(thread);
      thread.join();
      return Optional.ofNullable(failure);
    }

    /** How long an arm's load worked in all, settling included. */
    Duration worked(String label) {
      return Duration.ofNanos(worked.getOrDefault(states.stateOf(label), 0L));
    }

    /** When an arm's state was in force and had settled; ask after the end. */
    Windows windows(String label) {
      return new Windows(spans.getOrDefault(states.stateOf(label), List.of()));
    }
  }
}
