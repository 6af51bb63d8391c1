package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.stacks.FrameTree;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocked stacks with those that woke them, and the time.
 *
 * @param stacks the longest time last, as BCC prints them
 * @param folded one line each, for flame graphs
 */
public record Stacks(List<Stack> stacks, boolean folded) implements Findings {

  /**
   * One pair.
   *
   * @param waker who woke it, and from where; the frame that did first
   * @param target who waited, and where; the innermost frame first
   * @param micros time waited, in microseconds
   * @param waits how often
   */
  public record Stack(Side waker, Side target, long micros, long waits) {}

  /**
   * One thread and where it was.
   *
   * @param comm its name, empty where nobody is known
   * @param pid its number
   * @param kernel frames in the kernel
   * @param user frames in user space
   */
  public record Side(String comm, int pid, List<String> kernel, List<String> user) {
    public Side {
      kernel = List.copyOf(kernel);
      user = List.copyOf(user);
    }
  }

  public Stacks {
    stacks = List.copyOf(stacks);
  }

  @Override
  public boolean isEmpty() {
    return stacks.isEmpty();
  }

  @Override
  public void print(StringBuilder text) {
    for (Stack stack : stacks) {
      if (folded) {
        text.append(FrameTree.fold(outermostFirst(stack)));
        text.append(' ').append(stack.micros).append('\n');
      } else {
        print(stack, text);
      }
    }
  }

  @Override
  public void addTo(FrameTree tree) {
    stacks.forEach(stack -> tree.add(outermostFirst(stack), stack.micros));
  }

  /** From the waiting thread's outermost frame to the waker's, as BCC's {@code -f} has it. */
  private static List<String> outermostFirst(Stack stack) {
    Side target = stack.target;
    Side waker = stack.waker;
    List<String> frames = new ArrayList<>(List.of(target.comm));
    frames.addAll(target.user.reversed());
    frames.addAll(target.kernel.reversed());
    frames.add("--");
    frames.addAll(waker.kernel);
    frames.addAll(waker.user);
    frames.add(waker.comm);
    return frames;
  }

  private static void print(Stack stack, StringBuilder text) {
    Side waker = stack.waker;
    text.append("\n    waker:          ").append(waker.comm).append(' ').append(waker.pid);
    text.append('\n');
    frames(waker.user.reversed(), text);
    if (!waker.user.isEmpty() && !waker.kernel.isEmpty()) {
      text.append("    -\n");
    }
    frames(waker.kernel.reversed(), text);
    text.append("    --               --\n");
    Side target = stack.target;
    frames(target.kernel, text);
    if (!target.user.isEmpty() && !target.kernel.isEmpty()) {
      text.append("    -\n");
    }
    frames(target.user, text);
    text.append("    target:         ").append(target.comm).append(' ').append(target.pid);
    text.append("\n        ").append(stack.micros).append('\n');
  }

  private static void frames(List<String> frames, StringBuilder text) {
    frames.forEach(frame -> text.append("    ").append(frame).append('\n'));
  }

  @Override
  public void json(JsonText json) {
    json.key("stacks").array();
    for (Stack stack : stacks) {
      json.object();
      side(json.key("target"), stack.target);
      side(json.key("waker"), stack.waker);
      json.field("us", stack.micros).field("waits", stack.waits).endObject();
    }
    json.endArray();
  }

  private static void side(JsonText json, Side side) {
    json.object().field("comm", side.comm).field("pid", side.pid).key("kernel").array();
    side.kernel.forEach(json::value);
    json.endArray().key("user").array();
    side.user.forEach(json::value);
    json.endArray().endObject();
  }
}
