package dev.bpfgauge.stacks;

import dev.bpfgauge.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a file of stacks is written as, by the end of its name. */
public enum StackFormat {
  /** A flame graph. */
  SVG(".svg"),
  /** For {@code go tool pprof}. */
  PPROF(".pb.gz"),
  /** For speedscope. */
  SPEEDSCOPE(".json"),
  /** A line for each stack. */
  FOLDED(".folded");

  private final String end;

  StackFormat(String end) {
    this.end = end;
  }

  /**
   * That of a file.
   *
   * @throws Refusal where its name ends in another way
   */
  public static StackFormat of(Path file) {
    for (StackFormat each : values()) {
      if (file.toString().endsWith(each.end)) {
        return each;
      }
    }
    throw Refusal.option(
        "-o %s: a name ends in .svg (flame graph), .folded, .pb.gz (pprof) or .json (speedscope)."
            .formatted(file));
  }

  /**
   * The file's bytes.
   *
   * @param before for a flame graph: what it is held against; null: nothing
   * @throws Refusal where there is something to hold against and this is no flame graph
   */
  public byte[] bytes(FrameTree tree, String title, String unit, @Nullable FrameTree before) {
    requireAgainst(before != null);
    return switch (this) {
      case SVG -> FlameGraph.svg(tree, title, unit, before).getBytes(StandardCharsets.UTF_8);
      case PPROF -> Pprof.of(tree, unit);
      case SPEEDSCOPE -> Speedscope.of(tree, title, unit).getBytes(StandardCharsets.UTF_8);
      case FOLDED -> tree.folded().getBytes(StandardCharsets.UTF_8);
    };
  }

  /**
   * Refuses what only a flame graph shows.
   *
   * @throws Refusal where this is none
   */
  public void requireAgainst(boolean against) {
    if (against && this != SVG) {
      throw Refusal.usage("--against is for a flame graph: give -o FILE.svg with it.");
    }
  }
}
