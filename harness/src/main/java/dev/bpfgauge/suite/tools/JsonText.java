package dev.bpfgauge.suite.tools;

import dev.bpfgauge.os.Shown;

/**
 * JSON as it is written, without a library: a tool may write tens of thousands of rows a second
 * beside the load it looks at, and a library's classes are most of its memory.
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

  JsonText array() {
    between();
    text.append('[');
    return this;
  }

  JsonText endArray() {
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

  JsonText value(long value) {
    between();
    text.append(value);
    return this;
  }

  /** A text, a whole number or a {@link Decimal}. */
  JsonText value(Object value) {
    switch (value) {
      case String string -> value(string);
      case Decimal decimal -> {
        between();
        decimal.appendAll(text);
      }
      default -> value(((Number) value).longValue());
    }
    return this;
  }

  JsonText value(String value) {
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
