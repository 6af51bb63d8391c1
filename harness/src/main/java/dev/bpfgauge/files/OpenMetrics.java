package dev.bpfgauge.files;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes gauges in a text that is valid twice: as OpenMetrics 1.0, and as the Prometheus text
 * format 0.0.4 that the node exporter's textfile collector takes, to which {@code # UNIT} and
 * {@code # EOF} are comments. No time stamps: that collector refuses them.
 */
public final class OpenMetrics {
  private final String prefix;
  private final StringBuilder out = new StringBuilder();

  /**
   * @param prefix of every name
   */
  public OpenMetrics(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Begins a gauge; its samples follow.
   *
   * @param unit the name's end, as OpenMetrics wants it; empty for none
   */
  public void family(String name, String unit, String help) {
    out.append("# HELP ").append(prefix).append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(prefix).append(name).append(" gauge\n");
    if (!unit.isEmpty()) {
      out.append("# UNIT ").append(prefix).append(name).append(' ').append(unit).append('\n');
    }
  }

  /**
   * A value of the gauge.
   *
   * @param labels in this order; values may be any text
   * @param value as the format has numbers
   */
  public void sample(String name, Map<String, String> labels, String value) {
    out.append(prefix).append(name);
    if (!labels.isEmpty()) {
      out.append(
          labels.entrySet().stream()
              .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
              .collect(Collectors.joining(",", "{", "}")));
    }
    out.append(' ').append(value).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /** All of it, with its end. */
  public String text() {
    return out + "# EOF\n";
  }
}
