package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.stress.Profile.Churn;
import dev.bpfgauge.machine.stress.Profile.CpuLoad;
import dev.bpfgauge.machine.stress.Profile.MemoryLoad;
import dev.bpfgauge.machine.stress.Profile.Power;
import dev.bpfgauge.machine.stress.Profile.Wish;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One profile file: YAML under a closed schema, so that a typing error is an error and not a load
 * that is silently missing. Every refusal names file, line, what is wrong and what is allowed.
 *
 * <p>The schema is in docs/profiles.md.
 */
public final class ProfileFile {
  /** A profile is a dozen lines; anything beyond this is not one. */
  static final int MAX_BYTES = 64 * 1024;

  /** Deeper than the schema; stops nested input before anything recursive sees it. */
  private static final int MAX_DEPTH = 8;

  private static final int MAX_DESCRIPTION = 300;

  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  /**
   * Methods of stress-ng's cpu stressor that exist from version 0.13 to 0.22 and take about 1 ms or
   * less for one operation (measured), so that a busy slice of some milliseconds can be kept; and
   * {@code all}, stress-ng's own default, which is coarser.
   */
  public static final List<String> CPU_METHODS =
      List.of(
          "ackermann",
          "all",
          "bitops",
          "crc16",
          "double",
          "euler",
          "fft",
          "float",
          "int16",
          "int32",
          "int64",
          "int8",
          "jmp",
          "loop",
          "matrixprod",
          "nsqrt",
          "parity",
          "pi",
          "prime",
          "rand",
          "sieve",
          "sqrt",
          "stats",
          "trig");

  private final String where;

  private ProfileFile(String where) {
    this.where = where;
  }

  /**
   * Reads a profile file.
   *
   * @throws ProfileException where it is no regular file, too large, not UTF-8 or not valid
   */
  public static Profile read(Path file) {
    return read(file, file);
  }

  /** As {@link #read(Path)}, naming the file in errors as the user did. */
  static Profile read(Path shown, Path file) {
    String where = shown.toString();
    if (!Files.exists(file)) {
      throw new ProfileException(
          "%s: there is no such profile file; `list` shows the profiles by name".formatted(where));
    }
    if (!Files.isRegularFile(file)) {
      throw new ProfileException(
          "%s: a profile must be a regular file, this is %s"
              .formatted(where, Files.isDirectory(file) ? "a folder" : "a device, pipe or socket"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MAX_BYTES) {
        throw tooLarge(where);
      }
      return parse(in.readNBytes(MAX_BYTES + 1), where, nameOf(shown));
    } catch (IOException e) {
      throw new ProfileException("%s: cannot be read: %s".formatted(where, e.getMessage()), e);
    }
  }

  /** The profile's name from its file's name. */
  private static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.endsWith(".yaml") ? name.substring(0, name.length() - 5) : "";
    if (!NAME.matcher(stem).matches()) {
      throw new ProfileException(
          "%s: a profile file is named NAME.yaml, where NAME is small letters, digits, '.', '_' and"
                  .formatted(file)
              + " '-' and starts with a letter or digit: rename the file");
    }
    return stem;
  }

  static Profile parse(byte[] bytes, String where, String name) {
    if (bytes.length > MAX_BYTES) {
      throw tooLarge(where);
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(text, where, name);
    } catch (CharacterCodingException e) {
      throw new ProfileException("%s: not UTF-8 text: save it as UTF-8".formatted(where), e);
    }
  }

  /**
   * Parses a profile.
   *
   * @param yaml the file's text
   * @param where how errors name the file
   * @param name the profile's name
   * @throws ProfileException where it breaks the schema
   */
  public static Profile parse(String yaml, String where, String name) {
    return new ProfileFile(where).profile(yaml, name);
  }

  private static ProfileException tooLarge(String where) {
    return new ProfileException(
        "%s: larger than %d KiB: this is not a profile".formatted(where, MAX_BYTES / 1024));
  }

  private Profile profile(String yaml, String name) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(where)
            .setCodePointLimit(MAX_BYTES)
            .setAllowNonScalarKeys(true) // refused below, in our words
            .build();
    try {
      refuseWhatNoProfileNeeds(new Parse(settings).parseString(yaml));
      Node root =
          new Compose(settings)
              .composeString(yaml)
              .orElseThrow(() -> new ProfileException(where + ":1: empty: " + ALLOWED_AT_TOP));
      return profile(root, name);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new ProfileException("%s:%d: not YAML: %s".formatted(where, line, e.getProblem()), e);
    } catch (YamlEngineException e) {
      throw new ProfileException("%s: not YAML: %s".formatted(where, e.getMessage()), e);
    }
  }

  private static final List<String> TOP_KEYS =
      List.of("description", "cpu", "memory", "churn", "power");
  private static final String ALLOWED_AT_TOP =
      "a profile has the keys " + String.join(", ", TOP_KEYS);

  /** Looks at the flat event stream first: what follows recurses and resolves aliases. */
  private void refuseWhatNoProfileNeeds(Iterable<Event> events) {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
      if (event.getEventId() == Event.ID.DocumentStart && ++documents > 1) {
        throw at(line, "a second document: one file is one profile");
      }
      if (event instanceof AliasEvent) {
        throw at(line, "aliases (*) are not allowed in a profile: write the value out");
      }
      if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
        throw at(line, "anchors (&) are not allowed in a profile: write the value out");
      }
      if (hasTag(event)) {
        throw at(line, "tags (!) are not allowed in a profile: write the plain value");
      }
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        throw at(line, "nested deeper than any profile: " + ALLOWED_AT_TOP);
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  private static boolean hasTag(Event event) {
    return switch (event) {
      case CollectionStartEvent start -> start.getTag().isPresent();
      case ScalarEvent scalar -> scalar.getTag().isPresent();
      default -> false;
    };
  }

  private Profile profile(Node root, String name) {
    Map<String, Node> keys = mapping(root, "a profile", TOP_KEYS);
    var description = keys.get("description");
    if (description == null) {
      throw at(root, "the key description is missing: say in one line what the profile does");
    }
    return new Profile(
        name,
        description(description),
        optional(keys.get("cpu")).map(this::cpu),
        optional(keys.get("memory")).map(this::memory),
        optional(keys.get("churn")).map(this::churn),
        optional(keys.get("power")).map(this::power).orElse(Power.UNCHANGED));
  }

  private CpuLoad cpu(Node node) {
    Map<String, Node> keys = mapping(node, "cpu", List.of("load-percent", "method"));
    int percent = percent(node, keys, "cpu", "load-percent", 100);
    var method = keys.get("method");
    return new CpuLoad(
        percent, method == null ? "int64" : choice(method, "cpu.method", CPU_METHODS));
  }

  private MemoryLoad memory(Node node) {
    Map<String, Node> keys = mapping(node, "memory", List.of("used-percent"));
    return new MemoryLoad(percent(node, keys, "memory", "used-percent", 95));
  }

  private Churn churn(Node node) {
    Map<String, Node> keys = mapping(node, "churn", List.of("memory-percent", "files", "sockets"));
    var memory = keys.get("memory-percent");
    Churn churn =
        new Churn(
            memory == null ? 0 : wholeNumber(memory, "churn.memory-percent", 1, 80),
            yes(keys.get("files"), "churn.files"),
            yes(keys.get("sockets"), "churn.sockets"));
    if (churn.kinds() == 0) {
      throw at(node, "churn asks for nothing: give memory-percent, files: yes or sockets: yes");
    }
    return churn;
  }

  private boolean yes(@Nullable Node node, String what) {
    return node != null && choice(node, what, List.of("yes", "no")).equals("yes");
  }

  private Power power(Node node) {
    var allowed = List.of("cstates", "pstates", "cpu-latency-us");
    Map<String, Node> keys = mapping(node, "power", allowed);
    var latency = keys.get("cpu-latency-us");
    return new Power(
        wish(keys.get("cstates"), "power.cstates"),
        wish(keys.get("pstates"), "power.pstates"),
        latency == null
            ? OptionalInt.empty()
            : OptionalInt.of(wholeNumber(latency, "power.cpu-latency-us", 0, 1_000_000)));
  }

  private Wish wish(@Nullable Node node, String what) {
    if (node == null) {
      return Wish.UNCHANGED;
    }
    String word = choice(node, what, Arrays.stream(Wish.values()).map(Wish::word).toList());
    return Stream.of(Wish.values()).filter(w -> w.word().equals(word)).findFirst().orElseThrow();
  }

  private int percent(Node parent, Map<String, Node> keys, String section, String key, int max) {
    var node = keys.get(key);
    if (node == null) {
      throw at(parent, "the key %s.%s is missing: 1 to %d".formatted(section, key, max));
    }
    return wholeNumber(node, section + "." + key, 1, max);
  }

  private String description(Node node) {
    String text = scalar(node, "description").getValue().strip();
    if (text.isEmpty() || text.length() > MAX_DESCRIPTION || text.chars().anyMatch(this::odd)) {
      throw at(
          node, "description must be one line of 1 to %d characters".formatted(MAX_DESCRIPTION));
    }
    return text;
  }

  private boolean odd(int character) {
    return Character.isISOControl(character) || Character.getType(character) == Character.FORMAT;
  }

  private String choice(Node node, String what, List<String> allowed) {
    String value = scalar(node, what).getValue();
    if (!allowed.contains(value)) {
      throw at(
          node, "%s is %s; allowed: %s".formatted(what, quoted(value), String.join(", ", allowed)));
    }
    return value;
  }

  private int wholeNumber(Node node, String what, int min, int max) {
    ScalarNode scalar = scalar(node, what);
    String value = scalar.getValue();
    if (!scalar.isPlain() && value.matches("\\d{1,9}")) {
      throw at(node, "%s stands in quotes, which make it a text: write %s".formatted(what, value));
    }
    boolean whole = scalar.getTag().equals(Tag.INT) && value.matches("\\d{1,9}");
    if (!whole || Integer.parseInt(value) < min || Integer.parseInt(value) > max) {
      throw at(
          node,
          "%s is %s; allowed: a whole number from %d to %d"
              .formatted(what, quoted(value), min, max));
    }
    return Integer.parseInt(value);
  }

  private ScalarNode scalar(Node node, String what) {
    if (node instanceof ScalarNode scalar) {
      return scalar;
    }
    throw at(node, what + " must be a single value, this is a list or mapping");
  }

  private Map<String, Node> mapping(Node node, String what, List<String> allowed) {
    if (!(node instanceof MappingNode map)) {
      throw at(
          node,
          "%s must be a mapping with the keys %s".formatted(what, String.join(", ", allowed)));
    }
    Map<String, Node> keys = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      String key = scalar(tuple.getKeyNode(), "a key in " + what).getValue();
      if (!allowed.contains(key)) {
        throw at(
            tuple.getKeyNode(),
            "unknown key %s in %s; allowed: %s"
                .formatted(quoted(key), what, String.join(", ", allowed)));
      }
      if (keys.put(key, tuple.getValueNode()) != null) {
        throw at(tuple.getKeyNode(), "the key %s stands twice in %s".formatted(key, what));
      }
    }
    return keys;
  }

  private static Optional<Node> optional(@Nullable Node node) {
    return Optional.ofNullable(node);
  }

  /** Shows foreign text safely: short, and no control character reaches a terminal. */
  static String quoted(String value) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
    return '"' + Shown.name(shown) + '"';
  }

  private ProfileException at(Node node, String problem) {
    return at(node.getStartMark().map(Mark::getLine).orElse(0) + 1, problem);
  }

  private ProfileException at(int line, String problem) {
    return new ProfileException("%s:%d: %s".formatted(where, line, problem));
  }
}
