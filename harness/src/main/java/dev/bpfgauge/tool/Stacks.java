package dev.bpfgauge.tool;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  public void print(PrintWriter out) {
    for (Stack stack : stacks) {
      if (folded) {
        out.println(fold(stack));
      } else {
        print(stack, out);
      }
    }
  }

  /** From the waiting thread's outermost frame to the waker's, as BCC's {@code -f} has it. */
  private static String fold(Stack stack) {
    Side target = stack.target;
    Side waker = stack.waker;
    StringBuilder line = new StringBuilder(target.comm);
    target.user.reversed().forEach(frame -> line.append(';').append(frame));
    target.kernel.reversed().forEach(frame -> line.append(';').append(frame));
    line.append(";--");
    waker.kernel.forEach(frame -> line.append(';').append(frame));
    waker.user.forEach(frame -> line.append(';').append(frame));
    return line.append(';').append(waker.comm).append(' ').append(stack.micros).toString();
  }

  private static void print(Stack stack, PrintWriter out) {
    Side waker = stack.waker;
    out.println();
    out.printf("    waker:          %s %d%n", waker.comm, waker.pid);
    waker.user.reversed().forEach(frame -> out.println("    " + frame));
    if (!waker.user.isEmpty() && !waker.kernel.isEmpty()) {
      out.println("    -");
    }
    waker.kernel.reversed().forEach(frame -> out.println("    " + frame));
    out.println("    --               --");
    Side target = stack.target;
    target.kernel.forEach(frame -> out.println("    " + frame));
    if (!target.user.isEmpty() && !target.kernel.isEmpty()) {
      out.println("    -");
    }
    target.user.forEach(frame -> out.println("    " + frame));
    out.printf("    target:         %s %d%n", target.comm, target.pid);
    out.printf("        %d%n", stack.micros);
  }

  @Override
  public Map<String, Object> json() {
    return Map.of("stacks", stacks.stream().map(Stacks::json).toList());
  }

  private static Map<String, Object> json(Stack stack) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", stack.target);
    json.put("waker", stack.waker);
    json.put("us", stack.micros);
    json.put("waits", stack.waits);
    return json;
  }
}
