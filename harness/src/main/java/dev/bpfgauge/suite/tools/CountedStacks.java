package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.stacks.FrameTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Stacks, and what was counted in each.
 *
 * @param about a line above them; empty for none
 * @param unit of the counts, e.g. {@code samples}
 * @param stacks in any order
 * @param form as what they are printed
 */
public record CountedStacks(String about, String unit, List<Counted> stacks, Form form)
    implements Findings {

  /** How many stacks are printed where nothing is said. */
  public static final int USUAL_TOP = 10;

  private static final double PERCENT = 100;

  /**
   * As what they are printed.
   *
   * @param folded one line each, for flame graphs, with all of them
   * @param top otherwise the so many with the most
   */
  public record Form(boolean folded, int top) {
    /**
     * As the user says.
     *
     * @throws Refusal where {@code --maxrows} is no number of stacks
     */
    public static Form of(boolean folded, int top) {
      if (top < 1) {
        throw Refusal.option("--maxrows is a whole number from 1, not %d.".formatted(top));
      }
      return new Form(folded, top);
    }
  }

  /**
   * One stack.
   *
   * @param comm the thread's name
   * @param pid its process
   * @param kernel frames in the kernel, the innermost first
   * @param user frames in the process, the innermost first
   * @param count in the unit
   */
  public record Counted(String comm, int pid, List<String> kernel, List<String> user, long count) {
    public Counted {
      kernel = List.copyOf(kernel);
      user = List.copyOf(user);
    }

    /** With the thread's name, the outermost frame first. */
    private List<String> outermostFirst() {
      List<String> frames = new ArrayList<>(List.of(comm));
      frames.addAll(user.reversed());
      kernel.reversed().forEach(frame -> frames.add(frame + FrameTree.KERNEL));
      return frames;
    }
  }

  public CountedStacks {
    stacks = stacks.stream().sorted(Comparator.comparingLong(Counted::count).reversed()).toList();
  }

  @Override
  public boolean isEmpty() {
    return stacks.isEmpty();
  }

  @Override
  public void addTo(FrameTree tree) {
    stacks.forEach(each -> tree.add(each.outermostFirst(), each.count));
  }

  private long total() {
    return stacks.stream().mapToLong(Counted::count).sum();
  }

  /** The most last, where the terminal's reader looks. */
  @Override
  public void print(StringBuilder text) {
    if (form.folded) {
      for (Counted each : stacks) {
        text.append(FrameTree.fold(each.outermostFirst()));
        text.append(' ').append(each.count).append('\n');
      }
      return;
    }
    if (!about.isEmpty()) {
      text.append('\n').append(about).append('\n');
    }
    List<Counted> shown = stacks.subList(0, Math.min(form.top, stacks.size()));
    shown.reversed().forEach(each -> print(each, text));
    long others =
        stacks.subList(shown.size(), stacks.size()).stream().mapToLong(Counted::count).sum();
    if (others > 0) {
      text.append(
          "\n%d more stacks with %s; -f shows all, -o FILE.svg draws them.\n"
              .formatted(stacks.size() - shown.size(), share(others)));
    }
  }

  private String share(long count) {
    return String.format(
        Locale.ROOT, "%d %s (%.1f %%)", count, unit, PERCENT * count / Math.max(1, total()));
  }

  private void print(Counted stack, StringBuilder text) {
    text.append('\n').append(share(stack.count)).append("  ").append(stack.comm);
    text.append(' ').append(stack.pid).append('\n');
    stack.kernel.forEach(frame -> text.append("    ").append(frame).append('\n'));
    if (!stack.kernel.isEmpty() && !stack.user.isEmpty()) {
      text.append("    -\n");
    }
    stack.user.forEach(frame -> text.append("    ").append(frame).append('\n'));
  }

  @Override
  public void json(JsonText json) {
    json.field("unit", unit).key("stacks").array();
    for (Counted each : stacks) {
      json.object().field("comm", each.comm).field("pid", each.pid).key("kernel").array();
      each.kernel.forEach(json::value);
      json.endArray().key("user").array();
      each.user.forEach(json::value);
      json.endArray().field("count", each.count).endObject();
    }
    json.endArray();
  }
}
