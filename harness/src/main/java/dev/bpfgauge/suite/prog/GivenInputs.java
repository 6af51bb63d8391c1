package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a user's programs are run on, and what their maps and variables hold before they are. */
public final class GivenInputs {
  /** Frames of a capture, where nobody says how many. */
  public static final int USUAL_FRAMES = 8;

  private static final long MOST_JSON_BYTES = 16_000_000;

  /** The kernel takes less: a packet is a page at most, a context 64 KiB. */
  private static final int MOST_RAW_BYTES = 65_535;

  private static final String FORMAT = "____fmt";
  private static final int MOST_SHAPES = 64;
  private static final int LONGEST_SHAPE_NAME = 40;

  private final List<String> packets;
  private final Optional<Capture> capture;
  private final byte @Nullable [] data;
  private final byte @Nullable [] context;
  private final Asked asked;

  /**
   * What maps and variables are to hold, as the user wrote it.
   *
   * @param maps by name
   * @param variables by name
   * @param shapes name → variables by name
   */
  record Asked(
      Map<String, JsonNode> maps,
      Map<String, JsonNode> variables,
      Map<String, Map<String, JsonNode>> shapes) {

    boolean isEmpty() {
      return maps.isEmpty() && variables.isEmpty() && shapes.isEmpty();
    }
  }

  /**
   * What the command line names.
   *
   * @param packets words of built-in packets; empty: all, where there are no others
   * @param pcap a capture
   * @param frames of it that are taken at most
   * @param data bytes of one packet
   * @param context bytes of a context
   * @param maps map → file with its entries
   * @param variables variable → value
   * @param shapes file with values of variables by shape
   */
  public record Options(
      List<String> packets,
      @Nullable Path pcap,
      int frames,
      @Nullable Path data,
      @Nullable Path context,
      Map<String, Path> maps,
      Map<String, String> variables,
      @Nullable Path shapes) {}

  private GivenInputs(
      List<String> packets,
      Optional<Capture> capture,
      byte @Nullable [] data,
      byte @Nullable [] context,
      Asked asked) {
    this.packets = packets;
    this.capture = capture;
    this.data = data;
    this.context = context;
    this.asked = asked;
  }

  /**
   * Reads what the options name.
   *
   * @throws Refusal where a file or a word is wrong
   */
  public static GivenInputs read(Options options) {
    options.packets.forEach(Packet::ofWord);
    return new GivenInputs(
        options.packets,
        Optional.ofNullable(options.pcap).map(file -> Capture.read(file, options.frames)),
        options.data == null ? null : raw(options.data, "one packet"),
        options.context == null ? null : raw(options.context, "one context"),
        new Asked(
            maps(options.maps),
            variables(options.variables),
            options.shapes == null ? Map.of() : shapes(options.shapes)));
  }

  private static byte[] raw(Path file, String what) {
    byte[] bytes = bytes(file, MOST_RAW_BYTES, "a file with the bytes of " + what);
    if (bytes.length == 0) {
      throw Refusal.usage("%s is empty: give the bytes of %s".formatted(file, what));
    }
    return bytes;
  }

  private static byte[] bytes(Path file, long most, String wanted) {
    try {
      InputFiles.requireThere(file);
      if (!Files.isRegularFile(file)) {
        throw Refusal.usage("%s is not a regular file: name %s".formatted(file, wanted));
      }
      if (Files.size(file) > most) {
        throw Refusal.usage(
            "%s has %d bytes, and %s has %d at most"
                .formatted(file, Files.size(file), wanted, most));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Refusal.usage("%s cannot be read: %s".formatted(file, DurableFile.reason(e)));
    }
  }

  private static JsonNode json(Path file) {
    byte[] bytes = bytes(file, MOST_JSON_BYTES, "JSON");
    JsonNode tree = Json.written(new String(bytes, StandardCharsets.UTF_8), file.toString());
    if (tree.isMissingNode()) {
      throw Refusal.usage(file + " is empty: it needs JSON");
    }
    return tree;
  }

  private static Map<String, JsonNode> maps(Map<String, Path> files) {
    Map<String, JsonNode> maps = new TreeMap<>();
    files.forEach((map, file) -> {
      JsonNode entries = json(file);
      if (!entries.isObject() && !entries.isArray()) {
        throw Refusal.usage(
            file
                + " is neither an object of keys and values nor a list of {\"key\": …, \"value\":"
                + " …}");
      }
      maps.put(map, entries);
    });
    return maps;
  }

  /** A word, or JSON where it looks like a list or an object. */
  private static Map<String, JsonNode> variables(Map<String, String> words) {
    Map<String, JsonNode> variables = new TreeMap<>();
    words.forEach((variable, word) ->
        variables.put(
            variable,
            Json.written(
                word.startsWith("[") || word.startsWith("{") ? word : Json.line(word),
                "--set " + variable)));
    return variables;
  }

  private static Map<String, Map<String, JsonNode>> shapes(Path file) {
    JsonNode all = json(file);
    if (all.isArray()) {
      String name = ObjectFiles.nameOf(file).replaceFirst("\\.json$", "");
      requireShapeName(file, name);
      return Map.of(name, dumped(file, all));
    }
    if (!all.isObject() || all.isEmpty()) {
      throw Refusal.usage(
          file
              + " needs shapes by name: {\"small\": {\"entries\": 4}, \"large\": {…}}, or what"
              + " bpftool map dump prints of a running program's .rodata");
    }
    if (all.size() > MOST_SHAPES) {
      throw Refusal.usage(
          "%s has %d shapes, and %d are taken at most".formatted(file, all.size(), MOST_SHAPES));
    }
    Map<String, Map<String, JsonNode>> shapes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> shape : all.properties()) {
      String name = shape.getKey();
      requireShapeName(file, name);
      if (!shape.getValue().isObject()) {
        throw Refusal.usage(
            "%s: shape %s is not an object of variables and values".formatted(file, name));
      }
      Map<String, JsonNode> variables = new LinkedHashMap<>();
      shape.getValue().properties().forEach(each -> variables.put(each.getKey(), each.getValue()));
      shapes.put(name, variables);
    }
    return shapes;
  }

  private static void requireShapeName(Path file, String name) {
    if (!name.matches(GivenObjects.PLAIN) || name.length() > LONGEST_SHAPE_NAME) {
      throw Refusal.usage(
          "%s: a shape is called \"%s\"; letters, digits and . _ + - are taken, %d at most"
              .formatted(file, Shown.name(name), LONGEST_SHAPE_NAME));
    }
  }

  /**
   * The variables of a running instance, as {@code bpftool map dump} prints a map that has types:
   * {@code [{"value": {".rodata": [{"limit": 4}, …]}}]}; with {@code -j} one level deeper.
   */
  private static Map<String, JsonNode> dumped(Path file, JsonNode elements) {
    Map<String, JsonNode> variables = new LinkedHashMap<>();
    for (JsonNode element : elements) {
      JsonNode value =
          element.has("formatted")
              ? element.path("formatted").path("value")
              : element.path("value");
      for (Map.Entry<String, JsonNode> section : value.properties()) {
        for (JsonNode variable : section.getValue()) {
          variable.properties().forEach(each -> variables.put(each.getKey(), each.getValue()));
        }
      }
    }
    variables.keySet().removeIf(name -> name.contains(FORMAT)); // of bpf_printk
    if (variables.isEmpty()) {
      throw Refusal.usage(
          file + " has no variables with names: bpftool prints them of a .rodata map with BTF");
    }
    return variables;
  }

  /** Words of what packet programs are run on. */
  List<String> packets() {
    List<String> words = new ArrayList<>(packets);
    capture.ifPresent(it -> it.frames().forEach(frame -> words.add(frame.word())));
    if (data != null) {
      words.add(InputFiles.DATA);
    }
    return words.isEmpty() ? Packet.words() : words;
  }

  /** Whether packets were named that are not built in. */
  boolean hasPackets() {
    return capture.isPresent() || data != null;
  }

  boolean hasContext() {
    return context != null;
  }

  /** Names of the shapes; one without a name where there are none. */
  List<String> shapes() {
    return asked.shapes.isEmpty() ? List.of("") : List.copyOf(asked.shapes.keySet());
  }

  Asked asked() {
    return asked;
  }

  /** What was read, as lines. */
  public List<String> text() {
    return capture.map(Capture::text).orElse(List.of());
  }

  /**
   * What a run keeps of them, by name: what it was given, so that another run can be told apart.
   */
  SortedMap<String, byte[]> files() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    capture.ifPresent(it ->
        it.frames()
            .forEach(frame ->
                files.put(
                    InputFiles.name(frame.word()), frame.bytes().toArray(ValueLayout.JAVA_BYTE))));
    if (data != null) {
      files.put(InputFiles.name(InputFiles.DATA), data);
    }
    if (context != null) {
      files.put(InputFiles.name(InputFiles.CONTEXT), context);
    }
    if (!asked.isEmpty()) {
      files.put(
          InputFiles.name(InputFiles.ASKED), Json.line(asked).getBytes(StandardCharsets.UTF_8));
    }
    return files;
  }

  /**
   * Holds what is asked against the objects that can have it.
   *
   * @param objects names of all, those of the other version included, with what they hold
   * @throws Refusal where none has such a map or variable
   */
  void requireKnown(List<GivenValues.Target> objects) {
    List<String> maps = objects.stream().flatMap(it -> it.maps().stream()).toList();
    for (String map : asked.maps.keySet()) {
      if (maps.isEmpty()) {
        throw Refusal.usage("no map %s: the objects have none".formatted(Shown.name(map)));
      }
      requireKnown("map", map, maps);
    }
    List<String> variables =
        objects.stream().flatMap(it -> it.variables().keySet().stream()).distinct().toList();
    asked.variables.keySet().forEach(name -> requireVariable(name, variables));
    asked
        .shapes
        .values()
        .forEach(it -> it.keySet().forEach(name -> requireVariable(name, variables)));
  }

  private static void requireVariable(String name, List<String> known) {
    if (known.isEmpty()) {
      throw Refusal.usage(
          "no variable %s: the objects have no global variables, or no types of them (clang -g)"
              .formatted(Shown.name(name)));
    }
    requireKnown("variable", name, known);
  }

  private static void requireKnown(String what, String name, Collection<String> known) {
    if (!known.contains(name)) {
      throw Refusal.option(Shown.name(NearestName.unknown(what, name, new TreeSet<>(known))));
    }
    if (!name.matches(GivenObjects.PLAIN)) {
      throw Refusal.usage("%s \"%s\" has no name of C".formatted(what, Shown.name(name)));
    }
  }
}
