package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.RingBuffer;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Records the decisions of can_migrate_task() (bpf/mllb/collect.bpf.c): by fexit, or by kprobe and
 * kretprobe where that is all there is.
 */
public final class Collector implements AutoCloseable {
  private static final String WAITING = "waiting";
  private static final String ON_SWITCH = "on_switch";

  private final BpfObject object;
  private final String hooks;
  private final List<BpfLink> links;
  private final RingBuffer ring;
  private final Numbers numbers;
  private final Outcomes outcomes = new Outcomes();
  private final String kernel;
  private final String scenario;
  private Consumer<Decision> to = _ -> {};

  /** A way to the decisions, the better one first. */
  public enum CollectorHook {
    FEXIT("collect", "fexit/can_migrate_task"),
    KPROBE("collect_kprobe", "kprobe+kretprobe/can_migrate_task");

    private final String object;
    private final String hooks;

    CollectorHook(String object, String hooks) {
      this.object = object;
      this.hooks = hooks;
    }

    /**
     * The way of that word.
     *
     * @throws Refusal with the nearest where there is none
     */
    public static CollectorHook ofWord(String word) {
      return EnumWords.parse(CollectorHook.class, "hook", word);
    }
  }

  /**
   * What the user wishes.
   *
   * @param every each so many-th decision of a CPU is kept; at least 1
   * @param outcomes whether a decision is kept until its task ran, so that its wait is known
   * @param bufferBytes of the ring buffer, a power of two
   * @param ways to try, in that order; the first that the kernel takes is used
   */
  public record Options(int every, boolean outcomes, int bufferBytes, List<CollectorHook> ways) {
    public Options {
      ways = List.copyOf(ways);
      if (every < 1) {
        throw Refusal.option("--every is at least 1, which keeps each decision.");
      }
      if (bufferBytes < 4096 || Integer.bitCount(bufferBytes) != 1) {
        throw Refusal.option("--buffer is a power of two of KiB, at least 4.");
      }
    }
  }

  private record Numbers(MemorySegment seen, MemorySegment lost) {}

  private Collector(
      BpfObject object, String hooks, List<BpfLink> links, String kernel, String scenario) {
    this.object = object;
    this.hooks = hooks;
    this.links = List.copyOf(links);
    this.kernel = kernel;
    this.scenario = scenario;
    this.numbers = new Numbers(object.variable("seen"), object.variable("lost"));
    this.ring = RingBuffer.open(object.map("decisions"), record -> hand(record));
  }

  /**
   * Attaches it.
   *
   * @param kernel release, and scenario: words in each row
   * @throws Refusal where this kernel takes none of the ways, with each one's reason
   */
  public static Collector attach(Options options, String kernel, String scenario) {
    List<String> reasons = new ArrayList<>();
    for (CollectorHook way : options.ways) {
      BpfObject object = BpfObject.builtIn("mllb/" + way.object);
      try {
        object.variable("every").set(ValueLayout.JAVA_INT, 0, options.every);
        object.variable("outcomes").set(ValueLayout.JAVA_BOOLEAN, 0, options.outcomes);
        object.shape(
            "decisions",
            new BpfMap.Spec("decisions", Uapi.BPF_MAP_TYPE_RINGBUF, 0, 0, options.bufferBytes, 0));
        Nodes.makeRoom(object);
        if (!options.outcomes) {
          object.program(ON_SWITCH).setAutoload(false);
        }
        object.load();
        Nodes.of(Path.of("/sys/devices/system/node")).fill(object);
        List<BpfLink> links = new ArrayList<>();
        for (String program : object.programNames()) {
          if (options.outcomes || !program.equals(ON_SWITCH)) {
            links.add(object.program(program).attach());
          }
        }
        String hooks =
            way.hooks + (reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")");
        return new Collector(object, hooks, links, kernel, scenario);
      } catch (BpfException e) {
        object.close();
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName());
        reasons.add(way.hooks + ": " + said + lastWords(e));
      } catch (RuntimeException e) {
        object.close();
        throw e;
      }
    }
    throw Refusal.environment(
        "unavailable: this kernel's can_migrate_task() cannot be recorded; %s. Collect in a guest of the lab: --kernel 7.2"
            .formatted(String.join("; ", reasons)));
  }

  /** {@code , R1 invalid mem access}, or nothing. */
  static String lastWords(BpfException e) {
    return e.lastWords().map(line -> ", " + line).orElse("");
  }

  /** Which way it was attached, and why no better one. */
  public String hooks() {
    return hooks;
  }

  /** Decisions of the kernel so far, whether kept or not. */
  public long seen() {
    return numbers.seen.get(ValueLayout.JAVA_LONG, 0);
  }

  /** Decisions that were to be kept and found no room. */
  public long lost() {
    return numbers.lost.get(ValueLayout.JAVA_LONG, 0);
  }

  private void hand(MemorySegment record) {
    to.accept(new CollectedDecision(record).decision(outcomes, kernel, scenario));
  }

  /**
   * Hands over what was recorded since the last call; the waits of these are over.
   *
   * @return how many
   */
  public int take(Consumer<Decision> consumer) {
    to = consumer;
    return ring.consume();
  }

  /** Hands over the decisions whose tasks did not run yet: their waits are not known. */
  public int takeWaiting(Consumer<Decision> consumer) {
    take(consumer);
    long count =
        object
            .map(WAITING)
            .drain((_, value) ->
                consumer.accept(new CollectedDecision(value).decision(outcomes, kernel, scenario)));
    return Math.toIntExact(count);
  }

  /** Stops recording; what was recorded can still be taken. */
  public void detach() {
    links.forEach(BpfLink::close);
  }

  @Override
  public void close() {
    ring.close();
    object.close();
  }
}
