package dev.bpfgauge.top;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.libbpf.LoadedLink;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** A look as one line of JSON (docs/formats.md). */
final class TopJson {
  private static final String UNAVAILABLE = "_unavailable";

  private TopJson() {}

  /** Without a line end. */
  static String line(TopView view, List<ProgramRow> rows) {
    StringBuilder text = new StringBuilder();
    JsonText json = new JsonText(text).object();
    json.field("time", view.time().truncatedTo(ChronoUnit.MILLIS).toString());
    number(json, "seconds", view.seconds());
    sum(json.key("sum").object(), view);
    json.key("dispatch").object();
    if (view.dispatch().source().isEmpty()) {
      json.field("unavailable", view.dispatch().why());
    } else {
      json.field("run", view.dispatch().source());
    }
    json.endObject();
    texts(json, "statistics_also_on_by", view.statistics());
    texts(json, "notes", view.notes());
    json.key("programs").array();
    rows.forEach(row -> row(json.object(), row).endObject());
    json.endArray().endObject();
    return text.toString();
  }

  private static void sum(JsonText json, TopView view) {
    TopView.Sum sum = view.sum();
    json.field("programs", sum.programs());
    json.field("come", sum.come());
    json.field("gone", sum.gone());
    json.field("came_and_went", sum.unseen());
    number(json, "runs_per_second", sum.runsPerSecond());
    number(json, "cpu_percent", sum.totalPercent());
    json.field("hooks_not_measured", sum.unknownWays());
    json.field("maps", sum.maps());
    json.field("maps_bytes", sum.mapBytes());
    json.field("jited_bytes", sum.jitedBytes());
    number(json, "own_cpu_percent", view.own().percent());
    number(json, "statistics_ns_per_run", view.own().statisticsNanos());
    number(json, "statistics_cpu_percent", view.own().statisticsPercent());
    json.endObject();
  }

  private static JsonText row(JsonText json, ProgramRow row) {
    json.field("id", row.id());
    json.field("name", row.program().name());
    json.field("type", row.program().typeWord());
    json.field("tag", row.program().tag());
    json.field("uid", Integer.toUnsignedLong(row.program().uid()));
    json.key("hooks").array();
    row.hooks().forEach(hook -> hook(json, hook));
    json.endArray();
    json.key("owners").array();
    row.holders().forEach(holder -> holder(json, holder));
    json.endArray();
    texts(json, "pinned", row.pins());
    json.field("owner", row.ownerWords());
    json.key("this_look").value(row.ours());
    number(json, "seconds", row.seconds());
    if (row.isCounted()) {
      json.field("runs", row.runs());
      json.field("run_time_ns", row.insideNanos());
    }
    number(json, "runs_per_second", row.runsPerSecond());
    number(json, "ns_per_run", row.nanosPerRun());
    number(json, "inside_cpu_percent", row.insidePercent());
    number(json, "cpu_percent", row.totalPercent());
    json.field("dispatch", row.dispatch().knowledge().name().toLowerCase(Locale.ROOT));
    if (row.dispatch().knowledge() != ProgramRow.Knowledge.UNKNOWN) {
      number(json, "dispatch_ns", row.dispatch().nanos());
    }
    told(json, "missed", row.missed(), "this kernel does not count them (Linux 5.12)");
    json.key("maps").array();
    row.maps().forEach(map -> map(json, map));
    json.endArray();
    json.field("maps_bytes", row.mapBytes());
    json.field("jited_bytes", row.program().jitedBytes());
    json.field("translated_bytes", row.program().translatedBytes());
    return json;
  }

  private static void hook(JsonText json, LoadedLink hook) {
    json.object().field("hook", hook.hook()).field("target", hook.target());
    if (hook.id() != 0) {
      json.field("link", hook.id());
    }
    json.endObject();
  }

  private static void holder(JsonText json, Holder holder) {
    json.object()
        .field("pid", holder.pid())
        .field("command", holder.command())
        .field("cgroup", holder.cgroup())
        .field("unit", holder.unit())
        .field("container", holder.container())
        .endObject();
  }

  private static void map(JsonText json, ProgramRow.MapUse map) {
    json.object().field("id", map.id()).field("name", map.name()).field("type", map.type());
    told(json, "bytes", map.bytes(), "the kernel does not tell");
    told(json, "entries", map.entries(), "the kernel does not count them for this type");
    json.field("max_entries", map.mostEntries());
    json.field("sharers", map.sharers());
    json.key("counted_here").value(map.counted());
    json.endObject();
  }

  private static void told(JsonText json, String name, OptionalLong value, String why) {
    if (value.isPresent()) {
      json.field(name, value.getAsLong());
    } else {
      json.field(name + UNAVAILABLE, why);
    }
  }

  /** What is no number is left out: a program that did not run took no time a run. */
  private static void number(JsonText json, String name, double value) {
    if (Double.isFinite(value)) {
      json.key(name).number(text -> text.append(String.format(Locale.ROOT, "%.4f", value)));
    }
  }

  private static void texts(JsonText json, String name, List<String> texts) {
    json.key(name).array();
    texts.forEach(json::value);
    json.endArray();
  }
}
