package dev.bpfgauge.lab;

import dev.bpfgauge.measure.Words;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guest's message as {@link dev.bpfgauge.files.Json} reads it, written by hand: the library's
 * preparations take a guest a thousand million instructions, which is seconds under emulation.
 */
final class MessageText {
  private MessageText() {}

  /** One line without its end. */
  static String of(GuestMessage message) {
    ForkStatus status = message.status();
    return object(
        List.of(
            field("kind", text(message.kind())),
            field("index", Integer.toString(message.index())),
            field("status", status == null ? "null" : text(Words.of(status))),
            field("text", text(message.text())),
            field("measurement", measurement(message.measurement())),
            field("load", array(message.load(), MessageText::check))));
  }

  private static String measurement(@Nullable Measurement measured) {
    if (measured == null) {
      return "null";
    }
    return object(
        List.of(
            field("meanNanosPerOp", number(measured.meanNanosPerOp())),
            field(
                "iterationNanosPerOp", array(measured.iterationNanosPerOp(), MessageText::number)),
            field("batches", batches(measured.batches())),
            field("operations", Long.toString(measured.operations())),
            field("bytesPerOp", number(measured.bytesPerOp())),
            field("pooledErrorNanos", number(measured.pooledErrorNanos())),
            field("extras", extras(measured.extras()))));
  }

  private static String batches(Measurement.@Nullable Batches batches) {
    if (batches == null) {
      return "null";
    }
    return object(
        List.of(
            field("size", Integer.toString(batches.size())),
            field("count", Long.toString(batches.count())),
            field("p50", number(batches.p50())),
            field("p90", number(batches.p90())),
            field("p99", number(batches.p99())),
            field("max", number(batches.max()))));
  }

  private static String extras(@Nullable SortedMap<String, Double> extras) {
    return extras == null
        ? "null"
        : object(
            extras.entrySet().stream()
                .map((Map.Entry<String, Double> e) -> field(e.getKey(), number(e.getValue())))
                .toList());
  }

  private static String check(LoadCheck check) {
    return object(
        List.of(
            field("what", text(check.what())),
            field("when", text(check.when())),
            field("wanted", number(check.wanted())),
            field("tolerance", number(check.tolerance())),
            field("seen", number(check.seen())),
            field("unit", text(check.unit())),
            field("reached", Boolean.toString(check.reached()))));
  }

  private static String object(List<String> fields) {
    StringJoiner all = new StringJoiner(",", "{", "}");
    fields.forEach(all::add);
    return all.toString();
  }

  private static String field(String name, String value) {
    return String.join(":", text(name), value);
  }

  private static <T> String array(List<T> values, Function<T, String> json) {
    StringJoiner all = new StringJoiner(",", "[", "]");
    values.forEach(value -> all.add(json.apply(value)));
    return all.toString();
  }

  /** What is no number is a word, as everywhere in a run's files. */
  private static String number(@Nullable Double value) {
    if (value == null) {
      return "null";
    }
    return Double.isFinite(value) ? Double.toString(value) : text(Double.toString(value));
  }

  private static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        default -> {
          if (c < ' ') {
            quoted.append("\\u00").append(c < 0x10 ? "0" : "").append(Integer.toHexString(c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
