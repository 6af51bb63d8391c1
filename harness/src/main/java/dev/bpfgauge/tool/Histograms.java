package dev.bpfgauge.tool;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what bpf/tools/hist.h counts, always as the difference to the reading before: nothing is
 * cleared in the kernel, so no event falls between reading and clearing.
 */
final class Histograms implements AutoCloseable {
  /** Left out of an object whose histogram is one for all. */
  static final String KEYED = "keyed";

  private static final int SLOTS = 30;
  private static final int COMM_BYTES = 16;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** The total, then the slots. */
  private static final int LONGS = 1 + SLOTS;

  /** A CPU's have one before them that is the tool's own. */
  private static final int LONGS_OF_CPU = 1 + LONGS;

  private final Attachment attachment;
  private final @Nullable Elements keyed;
  private final Map<Long, long[]> before = new HashMap<>();
  private long seenByKey;

  /** What a key's histogram is called, in words and in parts. */
  interface Naming {
    /**
     * The name in parts.
     *
     * @param key as the program made it
     * @param comm of whoever came first; may be empty
     */
    SortedMap<String, String> labels(long key, String comm);
  }

  /**
   * Begins to count from the tool's attaching on.
   *
   * @param byKey whether there is a histogram for each key
   */
  Histograms(Attachment attachment, boolean byKey) {
    this.attachment = attachment;
    this.keyed = byKey ? new Elements(attachment.map(KEYED)) : null;
  }

  /** What was counted since this was asked before; keys without an event are left out. */
  List<LogHistogram> take(Naming naming) {
    return keyed == null
        ? List.of(since(0, sumOfCpus(), new TreeMap<>()))
        : takeKeyed(keyed, naming);
  }

  private List<LogHistogram> takeKeyed(Elements elements, Naming naming) {
    List<LogHistogram> histograms = new ArrayList<>();
    elements.forEach((key, value) -> {
      long id = key.get(LONG, 0);
      long bytes = (long) LONGS * Long.BYTES;
      String comm = Texts.of(value.asSlice(bytes, COMM_BYTES));
      LogHistogram histogram =
          since(id, value.asSlice(0, bytes).toArray(LONG), naming.labels(id, comm));
      seenByKey += histogram.events();
      if (histogram.events() > 0) {
        histograms.add(histogram);
      }
    });
    return histograms;
  }

  private LogHistogram since(long key, long[] now, SortedMap<String, String> labels) {
    long[] then = before.getOrDefault(key, new long[LONGS]);
    before.put(key, now);
    List<Long> slots =
        IntStream.range(1, LONGS).mapToObj(i -> Long.valueOf(now[i] - then[i])).toList();
    return new LogHistogram(labels, slots, now[0] - then[0]);
  }

  /** Total and slots over all CPUs, since the tool was attached. */
  private long[] sumOfCpus() {
    MemorySegment cpus = attachment.variable("cpus");
    long[] sum = new long[LONGS];
    for (int cpu = 0; cpu < Places.USED; cpu++) {
      for (int i = 0; i < LONGS; i++) {
        sum[i] += cpus.getAtIndex(LONG, (long) cpu * LONGS_OF_CPU + 1 + i);
      }
    }
    return sum;
  }

  /** Events counted so far; by key as of the last reading. */
  long seen() {
    return keyed == null ? LongStream.of(sumOfCpus()).skip(1).sum() : seenByKey;
  }

  @Override
  public void close() {
    if (keyed != null) {
      keyed.close();
    }
  }
}
