package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What all threads of some kind did at one moment, with their stacks. As text those at the same
 * place are together; JSON has each.
 *
 * @param reason why it was taken, e.g. {@code 12 run or wait for a CPU, 10 or more}
 * @param figures by their keys in JSON, e.g. {@code running} → 12
 * @param threads in any order
 */
public record ThreadDump(String reason, Map<String, Number> figures, List<Dumped> threads)
    implements Findings {
  private static final int NAMED_THREADS = 12;

  /**
   * One thread.
   *
   * @param tid its number
   * @param pid its process's
   * @param ownTid its number in its own PID namespace
   * @param comm its name
   * @param state {@code R} or {@code D}
   * @param cpu where it is or was last
   * @param place where it was: {@code on a CPU}, {@code waiting}, or {@code blocked}
   * @param kernel frames in the kernel, the innermost first
   * @param user frames in user space, the innermost first; only of those on a CPU
   */
  public record Dumped(
      int tid,
      int pid,
      int ownTid,
      String comm,
      String state,
      int cpu,
      String place,
      List<String> kernel,
      List<String> user) {
    public Dumped {
      kernel = List.copyOf(kernel);
      user = List.copyOf(user);
    }
  }

  /** Threads with all this are shown together. */
  private record Together(String state, String place, List<String> kernel, List<String> user) {}

  public ThreadDump {
    figures = new LinkedHashMap<>(figures);
    threads = List.copyOf(threads);
  }

  @Override
  public boolean isEmpty() {
    return threads.isEmpty();
  }

  @Override
  public void print(StringBuilder text) {
    text.append("\nDump: ").append(reason).append(". ").append(threads.size());
    text.append(" threads:\n");
    Map<Together, List<Dumped>> groups =
        threads.stream()
            .collect(
                Collectors.groupingBy(
                    each -> new Together(each.state, each.place, each.kernel, each.user),
                    LinkedHashMap::new,
                    Collectors.toList()));
    groups.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<Together, List<Dumped>> each) -> each.getValue().size())
                .reversed())
        .forEach(each -> print(each.getKey(), each.getValue(), text));
    text.append('\n');
  }

  private static void print(Together where, List<Dumped> threads, StringBuilder text) {
    text.append("  ").append(threads.size()).append(' ').append(where.state).append(' ');
    text.append(where.place).append(": ");
    Map<String, List<Dumped>> byName =
        threads.stream()
            .collect(Collectors.groupingBy(Dumped::comm, LinkedHashMap::new, Collectors.toList()));
    List<String> names = new ArrayList<>();
    byName.forEach((name, same) -> names.add(name + numbers(same)));
    text.append(String.join(", ", names)).append('\n');
    where.kernel.forEach(frame -> text.append("      ").append(frame).append('\n'));
    if (!where.kernel.isEmpty() && !where.user.isEmpty()) {
      text.append("      -\n");
    }
    where.user.forEach(frame -> text.append("      ").append(frame).append('\n'));
  }

  private static String numbers(List<Dumped> threads) {
    String rest =
        threads.size() > NAMED_THREADS
            ? " and %d more".formatted(threads.size() - NAMED_THREADS)
            : "";
    return threads.stream()
        .limit(NAMED_THREADS)
        .map(each -> Integer.toString(each.tid))
        .collect(Collectors.joining(" ", "(", rest + ")"));
  }

  @Override
  public void json(JsonText json) {
    json.key("dump").object().field("reason", reason);
    figures.forEach((key, value) -> {
      if (value instanceof Double decimals) {
        json.key(key).value(decimals.doubleValue());
      } else {
        json.field(key, value.longValue());
      }
    });
    json.key("threads").array();
    for (Dumped each : threads) {
      json.object().field("tid", each.tid).field("pid", each.pid).field("ns_tid", each.ownTid);
      json.field("comm", each.comm).field("state", each.state).field("place", each.place);
      json.field("cpu", each.cpu);
      frames(json, "kernel", each.kernel);
      frames(json, "user", each.user);
      json.endObject();
    }
    json.endArray().endObject();
  }

  private static void frames(JsonText json, String key, List<String> frames) {
    json.key(key).array();
    frames.forEach(json::value);
    json.endArray();
  }
}
