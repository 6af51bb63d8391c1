package dev.bpfgauge.cli;

import dev.bpfgauge.files.OutputPlace;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.stacks.FrameTree;
import dev.bpfgauge.stacks.StackFormat;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The file that a tool's stacks are written to when it ends, with its options. */
final class StacksFile implements AutoCloseable {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = {
        "Write all stacks to FILE at the end, by its name's end:",
        ".svg a flame graph, .folded, .pb.gz for pprof, .json",
        "for speedscope. Nothing is printed then."
      })
  private @Nullable Path file;

  @Option(
      names = "--against",
      paramLabel = "FOLDED",
      description = "In the flame graph, how shares changed since that file.")
  private @Nullable Path against;

  private final String title;
  private final String unit;
  private final FrameTree tree = new FrameTree();
  private @Nullable FrameTree before;
  private @Nullable StackFormat format;
  private @Nullable OutputPlace place;

  /**
   * Of none, until options say so.
   *
   * @param title what the graph is of
   * @param unit of what is counted, e.g. {@code samples}
   */
  StacksFile(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  /**
   * Tries the place, and reads what the graph is to be held against.
   *
   * @throws Refusal where one of them cannot be
   */
  void open(ToolSpec.Options options) {
    if (file != null && !options.hasStacks()) {
      throw Refusal.usage("-o writes stacks: give -k with it.");
    }
    if (file == null) {
      if (against != null) {
        throw Refusal.usage("--against is for a flame graph: give -o FILE.svg with it.");
      }
      return;
    }
    format = StackFormat.of(file);
    format.requireAgainst(against != null);
    before = against == null ? null : FrameTree.read(against);
    place = OutputPlace.of("-o", file);
  }

  boolean isWanted() {
    return file != null;
  }

  /** What will be written. */
  FrameTree tree() {
    return tree;
  }

  /**
   * Writes it.
   *
   * @return what was written, a sentence; empty where nothing is to be
   */
  Optional<String> write() {
    if (place == null || format == null) {
      return Optional.empty();
    }
    byte[] bytes = format.bytes(tree, heading(), unit, before);
    place.write(out -> out.write(bytes));
    return Optional.of("%s: %d %s.".formatted(file, tree.total(), unit));
  }

  private String heading() {
    return title + ", " + Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public void close() {
    if (place != null) {
      place.close();
    }
  }
}
