package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import java.util.Collections;
import java.util.List;
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
  void print(String unit, StringBuilder text) {
    int last = lastUsed();
    if (last < 0) {
      return;
    }
    // As in BCC: wide bounds need wide columns.
    int width = last > 32 ? 20 : 10;
    long most = Collections.max(slots);
    Texts.pad(text, unit, width);
    text.repeat(' ', width + 4).append(" : count    distribution\n");
    for (int slot = 0; slot <= last; slot++) {
      Texts.pad(text, Long.toString(from(slot)), width);
      Texts.pad(text.append(" -> "), Long.toString(to(slot)), -width);
      Texts.pad(text.append(" : "), Long.toString(slots.get(slot)), -8);
      int stars = (int) (slots.get(slot) * BAR / most);
      text.append(" |").repeat('*', stars).repeat(' ', BAR - stars).append("|\n");
    }
  }

  void json(JsonText json) {
    json.object();
    labels.forEach(json::field);
    json.field("events", events()).field("total_ns", totalNanos).key("slots").array();
    for (int slot = 0; slot <= lastUsed(); slot++) {
      json.object().field("from", from(slot)).field("to", to(slot));
      json.field("count", slots.get(slot)).endObject();
    }
    json.endArray().endObject();
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
