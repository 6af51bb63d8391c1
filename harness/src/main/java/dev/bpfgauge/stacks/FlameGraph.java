package dev.bpfgauge.stacks;

import dev.bpfgauge.stacks.FrameTree.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flame graph: one SVG file that needs nothing else. Its script searches and zooms; without it
 * names and counts are shown all the same. (Brendan Gregg, The Flame Graph, CACM 59(6), 2016.)
 */
public final class FlameGraph {
  private static final double WIDTH = 1200;
  private static final double MARGIN = 10;
  private static final int LINE = 17;
  private static final int HEAD = 58;
  private static final int FOOT = 30;
  private static final double CHARACTER = 7.3;

  /** Narrower frames are not drawn, in the picture's units. */
  private static final double NARROWEST = 0.1;

  private static final int SHADES = 6;

  /** A change by so much of everything has the strongest colour. */
  private static final double STRONGEST_CHANGE = 0.1;

  private final FrameTree tree;
  private final @Nullable FrameTree before;
  private final String unit;
  private final StringBuilder frames = new StringBuilder();
  private int deepest;
  private long hidden;

  private FlameGraph(FrameTree tree, @Nullable FrameTree before, String unit) {
    this.tree = tree;
    this.before = before;
    this.unit = unit;
  }

  /**
   * Draws it.
   *
   * @param title in one line
   * @param unit of counts, e.g. {@code samples}
   * @param before what it is held against by each frame's share of all; null: nothing
   */
  public static String svg(FrameTree tree, String title, String unit, @Nullable FrameTree before) {
    FlameGraph graph = new FlameGraph(tree, before, unit);
    graph.deepest = graph.depth(tree.root(), 0);
    graph.draw(tree.root(), before == null ? null : before.root(), 0, 0);
    return graph.page(title);
  }

  private double scale() {
    return (WIDTH - 2 * MARGIN) / Math.max(1, tree.total());
  }

  /** Of what will be drawn. */
  private int depth(Frame frame, int depth) {
    int found = depth;
    for (Frame each : frame.called()) {
      if (each.total() * scale() >= NARROWEST) {
        found = Math.max(found, depth(each, depth + 1));
      }
    }
    return found;
  }

  private void draw(Frame frame, @Nullable Frame then, long start, int depth) {
    if (depth > 0 && frame.total() * scale() < NARROWEST) {
      hidden += 1 + count(frame);
      return;
    }
    double x = MARGIN + start * scale();
    double width = frame.total() * scale();
    int y = HEAD + (deepest - depth) * LINE;
    frames.append("<g class=\"").append(colour(frame, then)).append("\" data-x=\"").append(start);
    frames.append("\" data-w=\"").append(frame.total()).append("\" data-d=\"").append(depth);
    frames.append("\"><title>").append(escape(frame.name())).append('\n');
    frames.append(about(frame, then)).append("</title>");
    frames.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/><text x=\"%.1f\" y=\"%d\">",
            x,
            y,
            width,
            LINE - 1,
            x + 3,
            y + LINE - 5));
    frames.append(escape(label(frame.name(), width))).append("</text></g>\n");
    long next = start;
    for (Frame each : frame.called()) {
      draw(each, then == null ? null : then.called(each.name()), next, depth + 1);
      next += each.total();
    }
  }

  private static int count(Frame frame) {
    int count = 0;
    for (Frame each : frame.called()) {
      count += 1 + count(each);
    }
    return count;
  }

  /** As much of a name as there is room for. */
  private static String label(String name, double width) {
    int room = (int) ((width - 6) / CHARACTER);
    if (room < 3) {
      return "";
    }
    return name.length() <= room ? name : name.substring(0, room - 2) + "..";
  }

  private double share(Frame frame) {
    return (double) frame.total() / Math.max(1, tree.total());
  }

  private double shareBefore(Frame then) {
    return (double) then.total() / Math.max(1, Objects.requireNonNull(before).total());
  }

  private String about(Frame frame, @Nullable Frame then) {
    String share =
        String.format(
            Locale.ROOT, "%d %s, %.2f %%", frame.total(), escape(unit), 100 * share(frame));
    if (then == null) {
      return share;
    }
    double points = 100 * (share(frame) - shareBefore(then));
    return share
        + String.format(
            Locale.ROOT, ", %.2f points %s", Math.abs(points), points < 0 ? "less" : "more");
  }

  /** A class of flamegraph.css: by who the function belongs to, or by how its share changed. */
  private String colour(Frame frame, @Nullable Frame then) {
    if (then == null) {
      return (frame.isKernel() ? "k" : "u") + Math.floorMod(frame.name().hashCode(), SHADES);
    }
    double change = share(frame) - shareBefore(then);
    long shade = Math.min(SHADES, Math.round(SHADES * Math.abs(change) / STRONGEST_CHANGE));
    return shade == 0 ? "same" : (change > 0 ? "more" : "less") + (shade - 1);
  }

  private String page(String title) {
    int height = HEAD + (deepest + 1) * LINE + FOOT;
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="100%%" height="%d" preserveAspectRatio="xMidYMin meet" role="img" aria-label="%s">
    <style>
    %s</style>
    <rect class="paper" width="100%%" height="100%%"/>
    <text class="title" x="%d" y="22">%s</text>
    <text class="note" x="%d" y="42">%s</text>
    <g class="tools">
    <text id="reset" class="button" role="button" tabindex="0" x="%d" y="22">whole graph</text>
    <foreignObject x="%d" y="28" width="280" height="24"><input xmlns="http://www.w3.org/1999/xhtml" id="search" type="search" placeholder="search (a regular expression)" aria-label="search"/></foreignObject>
    </g>
    <text id="about" class="note" x="%d" y="%d"></text>
    <text id="matched" class="note" x="%d" y="%d"></text>
    <g id="frames">
    %s</g>
    <script><![CDATA[
    %s]]></script>
    </svg>
    """
        .formatted(
            (int) WIDTH,
            height,
            height,
            escape(title),
            resource("flamegraph.css"),
            (int) MARGIN,
            escape(title),
            (int) MARGIN,
            escape(note()),
            (int) (WIDTH - MARGIN),
            (int) (WIDTH - MARGIN - 280),
            (int) MARGIN,
            height - 10,
            (int) (WIDTH - MARGIN),
            height - 10,
            frames,
            resource("flamegraph.js"));
  }

  private String note() {
    StringBuilder note = new StringBuilder();
    note.append(tree.total()).append(' ').append(unit).append("; a frame's width is its share.");
    if (before == null) {
      note.append(" Orange: the kernel.");
    } else {
      note.append(" Red: its share grew; blue: it shrank.");
    }
    if (hidden > 0) {
      note.append(' ').append(hidden).append(" frames are too narrow to be drawn.");
    }
    if (tree.cut() > 0) {
      note.append(' ').append(tree.cut()).append(' ').append(unit);
      note.append(" are shown without their inner frames.");
    }
    return note.toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            FlameGraph.class.getResourceAsStream("/report-templates/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
