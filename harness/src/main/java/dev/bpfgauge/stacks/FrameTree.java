package dev.bpfgauge.stacks;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Stacks and what was counted in them, as a tree with the outermost functions at its root. Its size
 * has bounds: what is beyond them is counted at the frame where they were reached.
 */
public final class FrameTree {
  /** Behind a function of the kernel, as other tools write it. */
  public static final String KERNEL = "_[k]";

  private static final int DEEPEST = 512;
  private static final int MOST_FRAMES = 1 << 18;

  private final Frame root = new Frame("all");
  private final int mostFrames;
  private int frames;
  private long cut;

  /** Empty. */
  public FrameTree() {
    this(MOST_FRAMES);
  }

  FrameTree(int mostFrames) {
    this.mostFrames = mostFrames;
  }

  /** A function, called by those from the root to it. */
  static final class Frame {
    private final String name;
    private final SortedMap<String, Frame> called = new TreeMap<>();
    private long own;
    private long total;

    private Frame(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    boolean isKernel() {
      return name.endsWith(KERNEL);
    }

    /** Those that it called, by name. */
    Iterable<Frame> called() {
      return called.values();
    }

    /** One that it called; an empty one where there was none. */
    Frame called(String function) {
      Frame frame = called.get(function);
      return frame == null ? new Frame(function) : frame;
    }

    /** Counted in stacks that end here. */
    long own() {
      return own;
    }

    /** Counted in stacks that this is part of. */
    long total() {
      return total;
    }
  }

  /**
   * Counts a stack.
   *
   * @param stack names of functions, the outermost first
   * @param count not negative, e.g. samples or microseconds
   */
  public void add(List<String> stack, long count) {
    Frame at = root;
    at.total += count;
    int depth = 0;
    for (String function : stack) {
      Frame next = at.called.get(function);
      if (next == null) {
        if (frames >= mostFrames || depth >= DEEPEST) {
          cut += count;
          break;
        }
        frames++;
        next = new Frame(function);
        at.called.put(function, next);
      }
      at = next;
      at.total += count;
      depth++;
    }
    at.own += count;
  }

  /**
   * Reads folded stacks.
   *
   * @throws Refusal where the file cannot be read, or a line is no folded stack
   */
  public static FrameTree read(Path file) {
    FrameTree tree = new FrameTree();
    try (Stream<String> lines = ForeignText.lines(file)) {
      int number = 0;
      for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
        number++;
        tree.addFolded(each.next(), file, number);
      }
    } catch (IOException e) {
      throw Refusal.environment("%s cannot be read: %s".formatted(file, DurableFile.reason(e)));
    } catch (UncheckedIOException e) {
      throw Refusal.environment("%s cannot be read: %s".formatted(file, DurableFile.reason(e)));
    }
    if (tree.total() == 0) {
      throw Refusal.usage(
          "%s has no stack: its lines are to be like main;run;read 12.".formatted(file));
    }
    return tree;
  }

  private void addFolded(String line, Path file, int number) {
    String text = line.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    int blank = text.lastIndexOf(' ');
    try {
      long count = Long.parseLong(text.substring(blank + 1));
      if (blank > 0 && count >= 0 && count <= Long.MAX_VALUE - total()) {
        add(List.of(Shown.name(text.substring(0, blank)).split(";", -1)), count);
        return;
      }
    } catch (NumberFormatException e) {
      // Said below, as where there is no stack before it.
    }
    throw Refusal.usage(
        "%s, line %d, is not a folded stack: it is to be like main;run;read 12."
            .formatted(file, number));
  }

  /** The root, which stands for all. */
  Frame root() {
    return root;
  }

  /** Counted in all stacks. */
  public long total() {
    return root.total;
  }

  /** Counted in stacks that are shown without their inner part, because there was no room. */
  public long cut() {
    return cut;
  }

  /** A stack that something was counted in; the outermost function first. */
  interface Visitor {
    void stack(List<String> stack, long count);
  }

  void forEach(Visitor visitor) {
    visit(root, new ArrayList<>(), visitor);
  }

  private static void visit(Frame frame, List<String> stack, Visitor visitor) {
    if (frame.own > 0) {
      visitor.stack(stack, frame.own);
    }
    for (Frame each : frame.called.values()) {
      stack.add(each.name);
      visit(each, stack, visitor);
      stack.removeLast();
    }
  }

  /** A line for each stack, as other programs read it. */
  public String folded() {
    StringBuilder text = new StringBuilder();
    forEach((stack, count) -> text.append(fold(stack)).append(' ').append(count).append('\n'));
    return text.toString();
  }

  /** Functions of a stack with semicolons between them; what would disturb a line is replaced. */
  public static String fold(List<String> stack) {
    StringBuilder line = new StringBuilder();
    String between = "";
    for (String function : stack) {
      line.append(between).append(Shown.name(function).replace(';', ':'));
      between = ";";
    }
    return line.toString();
  }
}
