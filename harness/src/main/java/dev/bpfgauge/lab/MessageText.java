package dev.bpfgauge.lab;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A guest's message as {@link dev.bpfgauge.files.Json} reads it, written without the library: its
 * preparations take a guest a thousand million instructions, which is seconds under emulation.
 */
final class MessageText {
  private MessageText() {}

  /** One line without its end. */
  static String of(GuestMessage message) {
    StringBuilder text = new StringBuilder();
    JsonText json = new JsonText(text).object();
    json.field("kind", message.kind()).field("index", message.index()).key("status");
    ForkStatus status = message.status();
    if (status == null) {
      json.nothing();
    } else {
      json.value(EnumWords.of(status));
    }
    json.field("text", message.text());
    measurement(json.key("measurement"), message.measurement());
    json.key("load").array();
    for (LoadCheck check : message.load()) {
      check(json, check);
    }
    json.endArray().endObject();
    return text.toString();
  }

  private static void measurement(JsonText json, @Nullable Measurement measured) {
    if (measured == null) {
      json.nothing();
      return;
    }
    json.object().key("meanNanosPerOp").value(measured.meanNanosPerOp());
    json.key("iterationNanosPerOp").array();
    for (double nanos : measured.iterationNanosPerOp()) {
      json.value(nanos);
    }
    json.endArray();
    batches(json.key("batches"), measured.batches());
    json.field("operations", measured.operations());
    number(json.key("bytesPerOp"), measured.bytesPerOp());
    number(json.key("pooledErrorNanos"), measured.pooledErrorNanos());
    extras(json.key("extras"), measured.extras());
    json.endObject();
  }

  private static void batches(JsonText json, Measurement.@Nullable Batches batches) {
    if (batches == null) {
      json.nothing();
      return;
    }
    json.object().field("size", batches.size()).field("count", batches.count());
    json.key("p50").value(batches.p50()).key("p90").value(batches.p90());
    json.key("p99").value(batches.p99()).key("max").value(batches.max());
    json.endObject();
  }

  private static void extras(JsonText json, @Nullable SortedMap<String, Double> extras) {
    if (extras == null) {
      json.nothing();
      return;
    }
    json.object();
    for (Map.Entry<String, Double> extra : extras.entrySet()) {
      json.key(extra.getKey()).value((double) extra.getValue());
    }
    json.endObject();
  }

  private static void check(JsonText json, LoadCheck check) {
    json.object().field("what", check.what()).field("when", check.when());
    json.key("wanted").value(check.wanted()).key("tolerance").value(check.tolerance());
    json.key("seen").value(check.seen()).field("unit", check.unit());
    json.key("reached").value(check.reached()).endObject();
  }

  private static void number(JsonText json, @Nullable Double value) {
    if (value == null) {
      json.nothing();
    } else {
      json.value((double) value);
    }
  }
}
