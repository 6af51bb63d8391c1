package dev.bpfgauge.stacks;

import dev.bpfgauge.files.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A profile as speedscope reads it (speedscope.app, file-format-schema.json). */
final class Speedscope {
  private Speedscope() {}

  /**
   * The file's text.
   *
   * @param unit of counts: {@code microseconds} is known as a time to readers
   */
  static String of(FrameTree tree, String title, String unit) {
    Map<String, Integer> frames = new LinkedHashMap<>();
    List<List<Integer>> samples = new ArrayList<>();
    List<Long> weights = new ArrayList<>();
    tree.forEach((stack, count) -> {
      List<Integer> places = new ArrayList<>();
      for (String each : stack) {
        places.add(frames.computeIfAbsent(each, _ -> frames.size()));
      }
      samples.add(places);
      weights.add(count);
    });
    StringBuilder text = new StringBuilder();
    JsonText json = new JsonText(text).object();
    json.field("$schema", "https://www.speedscope.app/file-format-schema.json");
    json.key("shared").object().key("frames").array();
    frames.keySet().forEach(name -> json.object().field("name", name).endObject());
    json.endArray().endObject();
    json.key("profiles").array().object().field("type", "sampled").field("name", title);
    json.field("unit", unit.equals("microseconds") ? unit : "none");
    json.field("startValue", 0).field("endValue", tree.total()).key("samples").array();
    for (List<Integer> sample : samples) {
      json.array();
      sample.forEach(json::value);
      json.endArray();
    }
    json.endArray().key("weights").array();
    weights.forEach(json::value);
    json.endArray().endObject().endArray().endObject();
    return text.append('\n').toString();
  }
}
