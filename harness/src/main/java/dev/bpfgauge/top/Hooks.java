package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.ProgramFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A program's hooks, in the words of suite hooks. */
final class Hooks {
  /** What a link on a perf event is before Linux 6.6 tells. */
  private static final String PROBE = "kprobe or uprobe";

  private static final int KPROBE = 2;
  private static final int TRACEPOINT = 5;
  private static final int PERF_EVENT = 7;
  private static final int TRACING = 26;

  private Hooks() {}

  /**
   * Links say how a program is attached; its type says more where they say less.
   *
   * @param other attachments that are no links
   */
  static List<LoadedLink> of(ProgramFacts program, List<LoadedLink> links, List<LoadedLink> other) {
    List<LoadedLink> hooks = new ArrayList<>();
    for (LoadedLink link : links) {
      LoadedLink named = named(program.type(), link);
      // The device says in which mode, the link does not.
      boolean better =
          named.hook().equals("xdp")
              && other.stream().anyMatch(o -> o.target().equals(named.target()));
      if (!better && hooks.stream().noneMatch(hook -> isSame(hook, named))) {
        hooks.add(named);
      }
    }
    for (LoadedLink hook : other) {
      if (hooks.stream().noneMatch(known -> isSame(known, hook))) {
        hooks.add(hook);
      }
    }
    // What a link does not tell, the perf event may.
    hooks.removeIf(hook ->
        hook.target().isEmpty()
            && hooks.stream()
                .anyMatch(told -> isSameEvent(hook, told) && !told.target().isEmpty()));
    if (hooks.isEmpty() && program.type() == PERF_EVENT) {
      // The kernel does not tell on which event; on another hook it cannot be.
      hooks.add(new LoadedLink(0, program.id(), "perf_event", "", OptionalLong.empty()));
    }
    return List.copyOf(hooks);
  }

  private static boolean isSameEvent(LoadedLink one, LoadedLink other) {
    return one.hook().equals(other.hook())
        || (one.hook().equals(PROBE) && other.hook().matches("[ku](ret)?probe"));
  }

  private static boolean isSame(LoadedLink one, LoadedLink other) {
    return one.hook().equals(other.hook()) && one.target().equals(other.target());
  }

  private static LoadedLink named(int type, LoadedLink link) {
    String hook =
        switch (link.hook()) {
          case "raw_tp" -> type == TRACING ? "tp_btf" : "raw_tp";
          // Before Linux 6.6 a link on a perf event does not tell of which kind.
          case "perf_event" ->
              type == TRACEPOINT ? "tracepoint" : type == KPROBE ? PROBE : "perf_event";
          default -> link.hook();
        };
    return new LoadedLink(link.id(), link.programId(), hook, link.target(), link.missed());
  }

  /** {@code raw_tp:sys_enter}. */
  static String words(LoadedLink hook) {
    return hook.target().isEmpty() ? hook.hook() : hook.hook() + ":" + hook.target();
  }
}
