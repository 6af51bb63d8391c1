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
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Several arms that are entered at once: all loads are there, and all but one are paused. While a
 * process measures they take turns, so that what the machine does for seconds hits them all alike.
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
        together.enter(label);
      }
      return together;
    } catch (InterruptedException | RuntimeException e) {
      together.close();
      throw e;
    }
  }

  private void enter(String label) throws InterruptedException {
    try {
      ArmState state = states.enter(label);
      entered.put(label, state);
      state.pause();
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

  /** Lets the arm's load work alone, waits until it is there and proves it. */
  List<LoadCheck> before(String label) throws InterruptedException {
    ArmState state = state(label);
    state.go();
    try {
      return state.before();
    } finally {
      state.pause();
    }
  }

  private ArmState state(String label) {
    return Objects.requireNonNull(entered.get(label), label);
  }

  /**
   * Gives arms their turns from now on.
   *
   * @param word what tells an arm's state: arms of one word are in force at the same time
   */
  Turning turn(Collection<String> labels, Function<String, String> word, long seed) {
    Map<String, List<String>> byState = new LinkedHashMap<>();
    for (String label : labels) {
      byState.computeIfAbsent(word.apply(label), _ -> new ArrayList<>()).add(label);
    }
    return new Turning(byState, seed);
  }

  /** Ends the loads in order. */
  void finish() throws InterruptedException {
    for (ArmState state : entered.values()) {
      state.go();
      state.finish();
    }
  }

  @Override
  public void close() {
    new ArrayList<>(entered.values()).reversed().forEach(ArmState::close);
  }

  /** The turns while they are given. */
  final class Turning {
    private final Map<String, List<String>> byState;
    private final Map<String, List<Windows.Span>> spans = new HashMap<>();
    private final Map<String, Long> worked = new HashMap<>();
    private final Random random;
    private final Thread thread;
    private volatile boolean over;

    private Turning(Map<String, List<String>> byState, long seed) {
      this.byState = byState;
      this.random = new Random(seed);
      this.thread = Thread.ofPlatform().daemon().name("turns of arms").start(this::turns);
    }

    private void turns() {
      Map<String, Long> since = new HashMap<>();
      List<String> order = new ArrayList<>(byState.keySet());
      while (!over) {
        Collections.shuffle(order, random);
        for (String state : order) {
          if (!over) {
            turn(state, since);
          }
        }
      }
    }

    private void turn(String state, Map<String, Long> since) {
      // Arms of one state have the same load: one of them works for all.
      ArmState arm = state(Objects.requireNonNull(byState.get(state)).getFirst());
      long pausedAt = since.getOrDefault(state, System.nanoTime());
      arm.go();
      long start = System.nanoTime();
      long settled = start + arm.settling(Duration.ofNanos(start - pausedAt)).toNanos();
      Duration length = arm.hasLoad() ? WORK : REST;
      double drawn = length.toNanos() * (1 + SPREAD * (2 * random.nextDouble() - 1));
      sleepUntil(Math.max(start, settled - TimeUnit.MILLISECONDS.toNanos(5)) + (long) drawn);
      long end = System.nanoTime();
      arm.pause();
      since.put(state, System.nanoTime());
      worked.merge(state, end - start, Long::sum);
      spans.computeIfAbsent(state, _ -> new ArrayList<>()).add(new Windows.Span(settled, end));
    }

    private void sleepUntil(long end) {
      for (long left = end - System.nanoTime(); left > 0 && !over; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    /** Ends the turns; every load is paused then. */
    void end() throws InterruptedException {
      over = true;
      LockSupport.unpark(thread);
      thread.join();
    }

    /** How long an arm's load worked in all, settling included. */
    Duration worked(String label) {
      return Duration.ofNanos(worked.getOrDefault(stateOf(label), 0L));
    }

    private String stateOf(String label) {
      return byState.entrySet().stream()
          .filter(state -> state.getValue().contains(label))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseThrow();
    }

    /** When an arm's state was in force and had settled; ask after the end. */
    Windows windows(String label) {
      return new Windows(spans.getOrDefault(stateOf(label), List.of()));
    }
  }
}
