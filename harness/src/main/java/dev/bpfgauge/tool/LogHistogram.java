package dev.bpfgauge.tool;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * One histogram by log2: slot 0 counts 0 and 1, slot n from 2ⁿ to 2ⁿ⁺¹-1.
 *
 * @param labels what it is of, e.g. disk and its name; empty where there is one only
 * @param slots events by slot; the last holds what is longer, too
 * @param totalNanos sum of all values, in nanoseconds whatever the slots' unit
 */
public record LogHistogram(SortedMap<String, String> labels, List<Long> slots, long totalNanos) {

  private static final int BAR = 40;

  public LogHistogram {
    slots = List.copyOf(slots);
  }

  public long events() {
    return slots.stream().mapToLong(Long::longValue).sum();
  }

  /** E.g. {@code disk = loop0}. */
  String title() {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + " = " + label.getValue())
        .collect(Collectors.joining(", "));
  }

  /** As BCC prints it, up to the last slot that is not empty. */
  void print(String unit, PrintWriter out) {
    int last = lastUsed();
    if (last < 0) {
      return;
    }
    // As in BCC: wide bounds need wide columns.
    int width = last > 32 ? 20 : 10;
    long most = Collections.max(slots);
    out.printf(
        Locale.ROOT, "%" + width + "s%-" + (width + 4) + "s : count    distribution%n", unit, "");
    for (int slot = 0; slot <= last; slot++) {
      int stars = (int) (slots.get(slot) * BAR / most);
      out.printf(
          Locale.ROOT,
          "%" + width + "d -> %-" + width + "d : %-8d |%-" + BAR + "s|%n",
          from(slot),
          to(slot),
          slots.get(slot),
          "*".repeat(stars));
    }
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(labels);
    List<Map<String, Object>> used = new ArrayList<>();
    for (int slot = 0; slot <= lastUsed(); slot++) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("from", from(slot));
      one.put("to", to(slot));
      one.put("count", slots.get(slot));
      used.add(one);
    }
    json.put("events", events());
    json.put("total_ns", totalNanos);
    json.put("slots", used);
    return json;
  }

  private int lastUsed() {
    for (int slot = slots.size() - 1; slot >= 0; slot--) {
      if (slots.get(slot) > 0) {
        return slot;
      }
    }
    return -1;
  }

  private static long from(int slot) {
    return slot == 0 ? 0 : 1L << slot;
  }

  private static long to(int slot) {
    return (1L << (slot + 1)) - 1;
  }
}
