package dev.bpfgauge.suite.tools;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what bpf/tools/hist.h counts, always as the difference to the reading before: nothing that
 * is counted in is cleared in the kernel, so no event falls between reading and clearing.
 */
public final class Histograms implements AutoCloseable {
  /** Left out of an object whose histogram is one for all. */
  public static final String KEYED = "keyed";

  static final int SLOTS = 30;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** The total, then the slots. */
  private static final int LONGS = 1 + SLOTS;

  /** A CPU's have one before them that is the tool's own. */
  private static final int LONGS_OF_CPU = 1 + LONGS;

  private final Attachment attachment;
  private final @Nullable CountedElements keyed;
  private long[] before = new long[LONGS];

  /** What a key's histogram is called, in words and in parts. */
  public interface Naming {
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
  public Histograms(Attachment attachment, boolean byKey) {
    this.attachment = attachment;
    this.keyed = byKey ? new CountedElements(attachment.map(KEYED), LONGS) : null;
  }

  /** What was counted since this was asked before; keys without an event are left out. */
  public List<LogHistogram> take(Naming naming) {
    return keyed == null ? List.of(sinceBefore()) : takeKeyed(keyed, naming);
  }

  private List<LogHistogram> takeKeyed(CountedElements elements, Naming naming) {
    List<LogHistogram> histograms = new ArrayList<>();
    elements.takeChanges((key, value, added) -> {
      String comm = Texts.of(value.asSlice(Structs.KEYED_HIST.offset("comm"), Structs.COMM_BYTES));
      histograms.add(histogram(naming.labels(key.get(LONG, 0), comm), added));
    });
    return histograms;
  }

  private LogHistogram sinceBefore() {
    long[] now = sumOfCpus();
    long[] added = now.clone();
    Arrays.setAll(added, i -> now[i] - before[i]);
    before = now;
    return histogram(new TreeMap<>(), added);
  }

  private static LogHistogram histogram(SortedMap<String, String> labels, long[] counted) {
    return new LogHistogram(labels, LongStream.of(counted).skip(1).boxed().toList(), counted[0]);
  }

  /** Total and slots over all CPUs, since the tool was attached. */
  private long[] sumOfCpus() {
    return Places.sum(attachment.variable("cpus"), LONGS_OF_CPU, 1, LONGS);
  }

  /** Events counted so far. */
  public long seen() {
    return LongStream.of(keyed == null ? sumOfCpus() : keyed.totals()).skip(1).sum();
  }

  @Override
  public void close() {
    if (keyed != null) {
      keyed.close();
    }
  }
}
