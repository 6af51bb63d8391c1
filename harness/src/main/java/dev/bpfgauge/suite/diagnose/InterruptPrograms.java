package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a module's programs know that an interrupt is served (bpf/tools/process.h): by the kernel's
 * counter, or, where that has no address, by programs that see interrupts come and go.
 */
final class InterruptPrograms {
  private static final String TRACKED = "_tracked";

  private static final Set<String> TRACKING =
      Set.of("on_soft_entry", "on_soft_exit", "on_hard_entry", "on_hard_exit");

  private InterruptPrograms() {}

  /**
   * Both ways, the cheaper first.
   *
   * @param programs that are the same in both ways
   * @param asking programs that ask for interrupts, each of which is there a second time
   */
  static List<HookSet> both(String hooks, Set<String> programs, Set<String> asking, String needs) {
    return List.of(
        new HookSet(
            hooks, all(programs.stream(), asking.stream()), needs + ", CONFIG_KALLSYMS_ALL on x86"),
        new HookSet(
            hooks + ", softirq_*, irq_handler_*",
            all(
                Stream.concat(programs.stream(), TRACKING.stream()),
                asking.stream().map(program -> program + TRACKED)),
            needs));
  }

  private static Set<String> all(Stream<String> some, Stream<String> others) {
    return Stream.concat(some, others).collect(Collectors.toUnmodifiableSet());
  }
}
