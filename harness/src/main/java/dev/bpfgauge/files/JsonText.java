package dev.bpfgauge.files;

import dev.bpfgauge.os.Shown;
import java.util.function.Consumer;

/**
 * JSON as it is written, without the library of {@link Json}, for who cannot afford it: a tool may
 * write tens of thousands of rows a second beside the load it looks at, and a library's classes are
 * most of its memory; an emulated guest would take seconds for its preparations.
 */
public final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder text;

  /**
   * Writes on.
   *
   * @param text gets it
   */
  public JsonText(StringBuilder text) {
    this.text = text;
  }

  /** Begins an object, as an element, a value or the whole. */
  public JsonText object() {
    between();
    text.append('{');
    return this;
  }

  /** Ends an object. */
  public JsonText endObject() {
    text.append('}');
    return this;
  }

  /** Begins an array. */
  public JsonText array() {
    between();
    text.append('[');
    return this;
  }

  /** Ends an array. */
  public JsonText endArray() {
    text.append(']');
    return this;
  }

  /** Names the value that follows. */
  public JsonText key(String key) {
    value(key);
    text.append(':');
    return this;
  }

  /** A member of an object. */
  public JsonText field(String key, String value) {
    return key(key).value(value);
  }

  /** A member of an object. */
  public JsonText field(String key, long value) {
    return key(key).value(value);
  }

  /** A whole number. */
  public JsonText value(long value) {
    between();
    text.append(value);
    return this;
  }

  /** A number; what is none is a word, as everywhere in a run's files. */
  public JsonText value(double value) {
    if (!Double.isFinite(value)) {
      return value(Double.toString(value));
    }
    between();
    text.append(value);
    return this;
  }

  /** True or false. */
  public JsonText value(boolean value) {
    between();
    text.append(value);
    return this;
  }

  /** Null. */
  public JsonText nothing() {
    between();
    text.append("null");
    return this;
  }

  /** A number that the caller writes. */
  public JsonText number(Consumer<StringBuilder> digits) {
    between();
    digits.accept(text);
    return this;
  }

  /** A text. */
  public JsonText value(String value) {
    between();
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      append(value.charAt(i));
    }
    text.append('"');
    return this;
  }

  private void append(char c) {
    switch (c) {
      case '"', '\\' -> text.append('\\').append(c);
      case '\n' -> text.append("\\n");
      case '\t' -> text.append("\\t");
      default -> {
        if (Shown.disturbs(c)) {
          text.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 0xf));
          text.append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
        } else {
          text.append(c);
        }
      }
    }
  }

  private void between() {
    if (!text.isEmpty() && "{[:\n".indexOf(text.charAt(text.length() - 1)) < 0) {
      text.append(',');
    }
  }
}
