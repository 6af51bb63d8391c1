package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened in a stretch of time, moment by moment.
 *
 * @param title what it is, as text
 * @param facts the same by keys in JSON: texts, whole numbers or {@link Decimal}s
 * @param leftOut moments between the first shown and the beginning, which there was no room for
 * @param moments in their order
 */
public record Timeline(String title, Map<String, Object> facts, long leftOut, List<Moment> moments)
    implements Findings {

  /**
   * One moment.
   *
   * @param millis since the beginning
   * @param event what happened
   * @param whose what it happened with, e.g. {@code by thread 123}; empty for nothing
   */
  public record Moment(Decimal millis, String event, String whose) {}

  public Timeline {
    facts = new LinkedHashMap<>(facts);
    moments = List.copyOf(moments);
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public void print(StringBuilder text) {
    text.append(title).append(":\n");
    if (leftOut > 0) {
      text.append("    (").append(leftOut).append(" moments before these are left out)\n");
    }
    for (Moment moment : moments) {
      int start = text.length();
      moment.millis.append(text, 3);
      text.insert(start, " ".repeat(Math.max(0, 14 - (text.length() - start))));
      text.append(" ms ").append(moment.event);
      text.append(moment.whose.isEmpty() ? "" : " ").append(moment.whose).append('\n');
    }
  }

  @Override
  public void json(JsonText json) {
    json.key("slow").object();
    facts.forEach((key, value) -> {
      json.key(key);
      var _ =
          switch (value) {
            case String words -> json.value(words);
            case Decimal decimal -> json.number(decimal::appendAll);
            default -> json.value(((Number) value).longValue());
          };
    });
    json.field("left_out", leftOut).key("moments").array();
    for (Moment moment : moments) {
      json.object().key("ms").number(moment.millis::appendAll);
      json.field("event", moment.event);
      if (!moment.whose.isEmpty()) {
        json.field("whose", moment.whose);
      }
      json.endObject();
    }
    json.endArray().endObject();
  }
}
