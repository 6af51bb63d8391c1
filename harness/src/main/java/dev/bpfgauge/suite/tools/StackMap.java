package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.stacks.Symbols;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stacks that a tool's programs keep by name (bpf/tools/stacks.h), with the names of their
 * functions. One reading goes from {@link #begin} to {@link #end}.
 */
public final class StackMap implements AutoCloseable {
  /** Places for stacks. */
  public static final int USUAL = 16_384;

  /** What functions of the kernel cannot be named for, and how they could. */
  public static final String NO_KALLSYMS =
      "functions of the kernel stay unnamed: /proc/kallsyms hides their addresses"
          + " (kernel.kptr_restrict); sysctl kernel.kptr_restrict=1 shows them to root.";

  private static final String NO_PROCESSES =
      "functions of processes stay unnamed: this is a PID namespace, and the kernel's programs know"
          + " only the machine's own numbers; run the tool outside of the container.";

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int MOST = 1 << 18;
  private static final int A_BATCH = 256;
  private static final int FRAMES_AT = 8;
  private static final long NO_STACK = 0;
  private static final long FIRST_STACK = 16;
  private static final List<String> LOST = List.of("[lost stack]");

  private final Attachment attachment;
  private final BpfMap stacks;
  private final long places;
  private final @Nullable String iterator;
  private final Symbols symbols = new Symbols(Path.of("/proc"));
  private final Arena arena = Arena.ofShared();
  private final MemorySegment key = arena.allocate(ValueLayout.JAVA_LONG);
  private final MemorySegment value;

  /** Its frames, during one reading: later the process may be another. */
  private final Map<Named, List<String>> named = new HashMap<>();

  /** Stacks that were taken out to make room. */
  private long takenOut;

  /** A stack of a process, 0 for the kernel. */
  private record Named(int owner, long stack) {}

  /**
   * Of a tool that is attached.
   *
   * @param iterator its program that marks stacks which are needed though nothing was counted with
   *     them yet; null where there are none
   */
  StackMap(Attachment attachment, @Nullable String iterator) {
    this.attachment = attachment;
    this.iterator = iterator;
    this.stacks = attachment.map("stacks");
    this.places = stacks.info().maxEntries();
    this.value = arena.allocate(stacks.valueStride(), Long.BYTES);
  }

  /** Of a tool that is attached, whose stacks are in an element of its maps at once. */
  public static StackMap of(Attachment attachment) {
    return new StackMap(attachment, null);
  }

  /**
   * Refuses a number of places that is none.
   *
   * @throws Refusal where it is out of range
   */
  public static void require(int places) {
    if (places < 1 || places > MOST) {
      throw Refusal.option(
          "--stack-storage-size is a whole number from 1 to %d, not %d.".formatted(MOST, places));
    }
  }

  /** Makes room for so many stacks, before load. */
  public static void resize(BpfObject object, int places) {
    object.resize("stacks", places);
  }

  /** What stays unnamed, and why; a sentence each. */
  public List<String> warnings(boolean kernel, boolean user) {
    List<String> warnings = new ArrayList<>();
    if (kernel && !symbols.knowsTheKernel()) {
      warnings.add(NO_KALLSYMS);
    }
    if (user && !Processes.areOfTheMachine()) {
      warnings.add(NO_PROCESSES);
    }
    return warnings;
  }

  /** Begins a reading. */
  public void begin() {
    symbols.refresh();
    named.clear();
  }

  /** The kernel's functions of a stack, innermost first; none where it has no such stack. */
  public List<String> kernel(long name) {
    return frames(0, name, frames -> Symbols.withoutTracing(symbols.ofKernel(frames)));
  }

  /** A process's functions of a stack, innermost first; none where it has no such stack. */
  public List<String> process(int tgid, long name) {
    return frames(tgid, name, frames -> symbols.ofProcess(tgid, frames));
  }

  private List<String> frames(int owner, long name, Function<long[], List<String>> naming) {
    if (name == NO_STACK) {
      return List.of();
    }
    Named which = new Named(owner, name);
    List<String> known = named.get(which);
    if (known != null) {
      return known;
    }
    key.set(ValueLayout.JAVA_LONG, 0, name);
    if (Long.compareUnsigned(name, FIRST_STACK) < 0 || !stacks.lookup(key, value)) {
      return LOST;
    }
    long[] all = value.asSlice(FRAMES_AT, stacks.info().valueSize() - FRAMES_AT).toArray(LONG);
    int depth = 0;
    while (depth < all.length && all[depth] != 0) {
      depth++;
    }
    List<String> names = naming.apply(Arrays.copyOf(all, depth));
    named.put(which, names);
    return names;
  }

  /**
   * Ends a reading. Once half of the places are taken, those of stacks that nobody needed in the
   * interval that ends now, and that nothing under way still needs, become free: else a long run
   * would lose ever more.
   */
  public void end() {
    MemorySegment interval = attachment.variable("interval");
    int ending = interval.get(ValueLayout.JAVA_INT, 0);
    interval.set(ValueLayout.JAVA_INT, 0, ending + 1);
    if (places() <= places / 2) {
      return;
    }
    if (iterator != null) {
      // The iterator sees no further than the PID namespace it is read in.
      if (!Processes.areInMachinesNamespace()) {
        return;
      }
      attachment.iterate(iterator);
    }
    List<Long> unneeded = new ArrayList<>();
    forEach((name, neededIn) -> {
      if (neededIn < ending) {
        unneeded.add(name);
      }
    });
    for (long name : unneeded) {
      key.set(ValueLayout.JAVA_LONG, 0, name);
      takenOut += stacks.delete(key) ? 1 : 0;
    }
  }

  /** Places for stacks that are taken. */
  long places() {
    return attachment.variable("kept").get(ValueLayout.JAVA_LONG, 0) - takenOut;
  }

  /** Places of stacks that were needed last in an interval before this one, from 1. */
  long placesOfBefore(int interval) {
    long[] count = new long[1];
    forEach((_, neededIn) -> count[0] += neededIn < interval ? 1 : 0);
    return count[0];
  }

  /** A stack in the map. */
  private interface Kept {
    /**
     * Takes it.
     *
     * @param neededIn the last interval in which it was needed
     */
    void stack(long name, int neededIn);
  }

  private void forEach(Kept kept) {
    try (Arena batches = Arena.ofConfined()) {
      long stride = stacks.valueStride();
      MemorySegment cursor = batches.allocate(Long.BYTES, Long.BYTES);
      MemorySegment names = batches.allocate(ValueLayout.JAVA_LONG, A_BATCH);
      MemorySegment values = batches.allocate(A_BATCH * stride, Long.BYTES);
      boolean first = true;
      boolean last;
      do {
        BpfMap.Batch batch =
            stacks.lookupBatch(first ? null : cursor, cursor, names, values, A_BATCH);
        for (int i = 0; i < batch.count(); i++) {
          kept.stack(names.getAtIndex(LONG, i), values.get(INT, i * stride));
        }
        first = false;
        last = batch.last();
      } while (!last);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
