package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of bpf/tools/'s objects with its programs attached, by the first way that this kernel takes.
 */
public final class Attachment implements AutoCloseable {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)");

  private static final long FEWEST_THREADS = 32_768;
  private static final long THREADS_FACTOR = 4;

  /** Such programs run when they are asked to. */
  private static final String ITERATOR = "iter/";

  private final BpfObject object;
  private final HookSet way;

  private Attachment(BpfObject object, HookSet way) {
    this.object = object;
    this.way = way;
  }

  /**
   * A way to the events.
   *
   * @param hooks as users read it, e.g. {@code tp_btf/sched_switch}
   * @param programs names of the programs it takes; the others stay unloaded
   * @param needs what a kernel must have for it, for the message where it has not
   */
  public record HookSet(String hooks, Set<String> programs, String needs) {
    public HookSet {
      programs = Set.copyOf(programs);
    }
  }

  /**
   * Loads and attaches.
   *
   * @param tool its name, and its object's in bpf/tools/
   * @param ways in the order they are tried, the cheapest first
   * @param prepare sets the constants, before load
   * @param fill puts into maps what programs find there from their first run on
   * @throws Refusal where none works, with each one's reason
   */
  public static Attachment of(
      String tool, List<HookSet> ways, Consumer<BpfObject> prepare, Consumer<BpfObject> fill) {
    List<String> reasons = new ArrayList<>();
    for (HookSet way : ways) {
      BpfObject object = BpfObject.builtIn("tools/" + tool);
      try {
        prepare.accept(object);
        for (String program : object.programNames()) {
          object.program(program).setAutoload(way.programs.contains(program));
        }
        object.load();
        fill.accept(object);
        for (String program : object.programNames()) {
          if (way.programs.contains(program)
              && !isAttachedByTheTool(object.program(program).section())) {
            object.program(program).attach();
          }
        }
        return new Attachment(object, way);
      } catch (BpfException e) {
        object.close();
        reasons.add(
            way.hooks
                + ": "
                + firstLine(e)
                + (e.isForASetting() ? "" : " (it needs " + way.needs + ")"));
      } catch (RuntimeException e) {
        object.close();
        throw e;
      }
    }
    throw Refusal.environment(
        "%s cannot be attached here; %s".formatted(tool, String.join("; ", reasons)));
  }

  /** Where a program is to be attached stands behind a slash; else only the tool knows. */
  private static boolean isAttachedByTheTool(String section) {
    return section.startsWith(ITERATOR) || section.indexOf('/') < 0;
  }

  /** Whether a task's storage must not be created within sched_switch (bpf/tools/tool.h). */
  public static boolean storageIsUnsafe() {
    return !isAtLeast(System.getProperty("os.version", ""), 6, 4);
  }

  /**
   * Where a program keeps something of each task: in the task's own storage, or in a hash map by
   * thread, with room for several times as many threads as there are. The other map is left out.
   */
  public static void chooseStorage(
      BpfObject object, String storage, String hash, boolean byThread) {
    object.variable("by_thread").set(ValueLayout.JAVA_BOOLEAN, 0, byThread);
    object.leaveOut(byThread ? storage : hash);
    if (byThread) {
      object.resize(hash, Math.max(FEWEST_THREADS, THREADS_FACTOR * Processes.threads()));
    }
  }

  /** Whether a kernel's release is that new; one that cannot be read is taken for an old one. */
  public static boolean isAtLeast(String release, int major, int minor) {
    Matcher numbers = RELEASE.matcher(release);
    if (!numbers.lookingAt()) {
      return false;
    }
    int ownMajor = Integer.parseInt(numbers.group(1));
    return ownMajor > major || (ownMajor == major && Integer.parseInt(numbers.group(2)) >= minor);
  }

  private static String firstLine(BpfException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName());
  }

  /** The way that this kernel took. */
  public String hooks() {
    return way.hooks;
  }

  /** The kernel's own memory of a global variable; reading it takes no system call. */
  public MemorySegment variable(String name) {
    return object.variable(name);
  }

  /** Runs one of the programs that is an iterator. */
  public void iterate(String program) {
    object.program(program).iterate();
  }

  /** One of its programs. */
  public BpfProgram program(String name) {
    return object.program(name);
  }

  /** One of its maps. */
  public BpfMap map(String name) {
    return object.map(name);
  }

  /**
   * What it saw and lost so far.
   *
   * @param seen what is in its findings
   */
  public Tool.Tally tally(long seen) {
    MemorySegment lost = object.variable("lost");
    Map<Loss, Long> losses = new EnumMap<>(Loss.class);
    for (Loss loss : Loss.values()) {
      long events = lost.getAtIndex(ValueLayout.JAVA_LONG, loss.place());
      if (events > 0) {
        losses.put(loss, events);
      }
    }
    return new Tool.Tally(
        seen,
        losses.values().stream().mapToLong(events -> events).sum(),
        losses,
        object.missedRuns());
  }

  @Override
  public void close() {
    object.close();
  }
}
