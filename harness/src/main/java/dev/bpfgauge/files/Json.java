package dev.bpfgauge.files;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Shown;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * The one way records become JSON and back. Fields are named and ordered as the record's
 * components, closed choices are lower-case words ({@code load-not-reached}), times are ISO-8601,
 * and a number that is not one is the string {@code "NaN"}. Reading ignores fields it does not
 * know; a component that is missing and not {@code @Nullable} is an error that names it.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().characterEscapes(new Escapes()).build())
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          // Capability.isSupported() is a question, not a component.
          .changeDefaultVisibility(v -> v.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
          .addModule(
              new SimpleModule()
                  .addSerializer(new WordWriter())
                  .addDeserializer(ForkStatus.class, new WordReader<>(ForkStatus.class))
                  .addDeserializer(RunInfo.Status.class, new WordReader<>(RunInfo.Status.class))
                  .addDeserializer(
                      Capability.State.class, new WordReader<>(Capability.State.class)))
          .build();

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private static final int DELETE = 0x7f;

  /** So much of a wrong value is shown. */
  private static final int SHOWN = 40;

  private static final String DAMAGED = "; the file was edited or cut: put the original back.";

  private static final ObjectWriter INDENTED =
      MAPPER
          .writer()
          .with(
              new DefaultPrettyPrinter()
                  .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                  .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  /** What would disturb a terminal is written by its number as well. */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[DELETE] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return Shown.disturbs(character)
          ? new SerializedString(String.format(Locale.ROOT, "\\u%04X", character))
          : null;
    }
  }

  private record Component(String name, Type type, boolean nullable) {}

  /** Kept, because asking a class for its annotations takes longer than reading a line. */
  private static final ClassValue<List<Component>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
          return Stream.of(type.getRecordComponents())
              .map(c ->
                  new Component(
                      c.getName(),
                      c.getGenericType(),
                      c.getAnnotatedType().isAnnotationPresent(Nullable.class)))
              .toList();
        }
      };

  private Json() {}

  /** One line, without its line end. */
  public static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** Indented by two blanks, with a line end at the end. */
  public static String indented(Object value) {
    return INDENTED.writeValueAsString(value) + "\n";
  }

  /**
   * The JSON text as a record.
   *
   * @param where what the text is, for messages, e.g. {@code results/x/run.json}
   * @throws Refusal with place and reason where the text is not that record
   */
  public static <T> T parse(String json, Class<T> type, String where) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      String missing = json.isBlank() ? "" : missing(tree, type);
      if (missing != null) {
        throw Refusal.usage(
            where
                + ": "
                + (json.isBlank() ? "nothing is in it" : named(missing) + " is missing")
                + DAMAGED);
      }
      return MAPPER.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw new Refusal(Refusal.Kind.USAGE, where + ": " + sentence(e) + DAMAGED, e);
    }
  }

  /**
   * The JSON text of another program.
   *
   * @param where what the text is, for messages
   * @throws Refusal with place and reason where it is no JSON
   */
  public static JsonNode tree(String json, String where) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new Refusal(Refusal.Kind.USAGE, where + ": " + sentence(e) + ".", e);
    }
  }

  /**
   * The same of a text that a user wrote, in which no key may be there twice: the second would
   * silently take the first one's place.
   */
  public static JsonNode written(String json, String where) {
    try {
      return STRICT.readTree(json);
    } catch (JacksonException e) {
      tree(json, where); // Where this is no JSON, it says so.
      TokenStreamLocation at = e.getLocation();
      throw new Refusal(
          Refusal.Kind.USAGE,
          "%s: line %d, column %d: this key is there twice: give each one once."
              .formatted(where, at.getLineNr(), at.getColumnNr()),
          e);
    }
  }

  /** The format version in the text, or 0 where there is none. */
  static int formatVersion(String json, String where) {
    try {
      return MAPPER.readTree(json).path("formatVersion").asInt(0);
    } catch (JacksonException e) {
      throw new Refusal(Refusal.Kind.USAGE, where + ": " + sentence(e) + DAMAGED, e);
    }
  }

  /** What is wrong in words of our own: Jackson's speak of Java's types. */
  private static String sentence(JacksonException e) {
    if (e instanceof DatabindException) {
      String place = place(e);
      String what = place.isEmpty() ? "it" : place;
      String given = e instanceof InvalidFormatException wrong ? given(wrong.getValue()) : "";
      String wanted = e instanceof MismatchedInputException wrong ? wanted(wrong) : "";
      return what
          + (given.isEmpty() ? "" : " is " + given + ", which")
          + " is not "
          + (wanted.isEmpty() ? "what is expected here" : wanted);
    }
    TokenStreamLocation at = e.getLocation();
    String line =
        at == null || at.getLineNr() < 1
            ? ""
            : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
    return line
        + (e instanceof UnexpectedEndOfInputException
            ? "it ends in the middle of its JSON"
            : e instanceof StreamConstraintsException
                ? "this JSON is nested deeper, or has a longer number or text, than is read here"
                : "this is not JSON");
  }

  /** {@code plan.arms[0].label}. */
  private static String place(JacksonException e) {
    StringBuilder place = new StringBuilder();
    for (JacksonException.Reference part : e.getPath()) {
      place.append(
          part.getPropertyName() == null
              ? "[" + part.getIndex() + "]"
              : "." + part.getPropertyName());
    }
    return named(place.toString());
  }

  private static String named(String path) {
    return path.startsWith(".") ? path.substring(1) : path.isEmpty() ? "everything" : path;
  }

  private static String given(@Nullable Object value) {
    String text = Shown.name(String.valueOf(value));
    return "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
  }

  private static String wanted(MismatchedInputException e) {
    Class<?> type = e.getTargetType();
    if (type == null) {
      return "";
    }
    if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(constant -> word((Enum<?>) constant))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    return switch (type.getSimpleName()) {
      case "int", "Integer", "long", "Long" -> "a whole number";
      case "double", "Double" -> "a number";
      case "boolean", "Boolean" -> "true or false";
      case "String" -> "a text";
      case "Instant" -> "a time such as 2026-11-21T07:18:34Z";
      case "List" -> "a list";
      default -> type.isRecord() || Map.class.isAssignableFrom(type) ? "an object" : "";
    };
  }

  /** The path of the first component that is not there though it must be, or null. */
  private static @Nullable String missing(JsonNode node, Type type) {
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    return switch (type) {
      case Class<?> c when c.isRecord() -> missingComponent(node, COMPONENTS.get(c));
      case ParameterizedType p when node.isArray() -> missingElement(node, valueType(p));
      case ParameterizedType p -> missingEntry(node, valueType(p));
      default -> null;
    };
  }

  private static @Nullable String missingComponent(JsonNode node, List<Component> components) {
    for (Component component : components) {
      JsonNode child = node.path(component.name());
      boolean there = !child.isMissingNode() && !child.isNull();
      String below = there || !component.nullable() ? missing(child, component.type()) : null;
      if (below != null) {
        return "." + component.name() + below;
      }
    }
    return null;
  }

  private static @Nullable String missingElement(JsonNode array, Type element) {
    for (int i = 0; i < array.size(); i++) {
      String below = missing(array.path(i), element);
      if (below != null) {
        return "[" + i + "]" + below;
      }
    }
    return null;
  }

  private static @Nullable String missingEntry(JsonNode object, Type value) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String below = missing(entry.getValue(), value);
      if (below != null) {
        return "." + entry.getKey() + below;
      }
    }
    return null;
  }

  /** The last argument: a list's element, a map's value. */
  private static Type valueType(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    return arguments[arguments.length - 1];
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @SuppressWarnings("rawtypes")
  private static final class WordWriter extends StdSerializer<Enum> {
    WordWriter() {
      super(Enum.class);
    }

    @Override
    public void serialize(Enum value, JsonGenerator out, SerializationContext context) {
      out.writeString(word(value));
    }
  }

  private static final class WordReader<E extends Enum<E>> extends StdDeserializer<E> {
    private final Class<E> type;

    WordReader(Class<E> type) {
      super(type);
      this.type = type;
    }

    @Override
    @SuppressWarnings("unchecked")
    public E deserialize(JsonParser in, DeserializationContext context) {
      String text = in.getString();
      for (E value : type.getEnumConstants()) {
        if (word(value).equals(text)) {
          return value;
        }
      }
      return (E)
          context.handleWeirdStringValue(
              type, text, "allowed: %s", Arrays.toString(type.getEnumConstants()));
    }
  }
}
