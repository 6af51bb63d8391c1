package dev.bpfgauge.measure;

import java.util.List;

/**
 * Stretches of time in which one state of the machine held, by {@link System#nanoTime}, which every
 * process of this machine reads from the same clock.
 *
 * @param spans in order of time, apart from each other
 */
public record Windows(List<Span> spans) {
  /** The state held all the time. */
  public static final Windows ALWAYS =
      new Windows(List.of(new Span(Long.MIN_VALUE, Long.MAX_VALUE)));

  public Windows {
    spans = List.copyOf(spans);
  }

  /** From, to, in nanoseconds of the monotonic clock. */
  public record Span(long start, long end) {}

  /** Whether something lies wholly in one of them. */
  public boolean contain(long start, long end) {
    int low = 0;
    int high = spans.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Span span = spans.get(middle);
      if (start < span.start) {
        high = middle - 1;
      } else if (start > span.end) {
        low = middle + 1;
      } else {
        return end <= span.end;
      }
    }
    return false;
  }
}
