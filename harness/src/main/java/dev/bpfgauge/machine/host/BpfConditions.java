package dev.bpfgauge.machine.host;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.LoadedPrograms;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.FingerprintPart;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What others do to BPF on this machine. */
final class BpfConditions {
  private BpfConditions() {}

  /** Those that run at hooks of the kernel, on anybody's way: {@code enum bpf_prog_type}. */
  private static final Set<Integer> AT_HOOKS = Set.of(2, 5, 7, 17, 24, 26, 27, 29);

  /** So many are named. */
  private static final int MOST_NAMES = 8;

  /** A program that ends with its process is gone a moment after it. */
  private static final int SETTLE_MILLIS = 100;

  /** r0 = 0, exit. */
  private static final long[] NOTHING = {0xb7L, 0x95L};

  private static final int SHORTEST_PACKET = 14;

  /** Whether every program is timed, which costs each run some 20 ns and more. */
  static String statistics(Roots roots) {
    String setting =
        Roots.text(roots.proc().resolve("sys/kernel/bpf_stats_enabled")).orElse("unknown");
    if (setting.equals("1")) {
      return "on (kernel.bpf_stats_enabled)";
    }
    return timed() ? "on (a process has switched them on)" : FingerprintPart.BPF_STATISTICS.usual();
  }

  /** The setting does not show what bpf(BPF_ENABLE_STATS) did; a run that was counted does. */
  private static boolean timed() {
    if (LibBpf.unavailable().isPresent()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined();
        Instructions nothing =
            Instructions.of(
                "bpfgauge_stats", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        Instructions.Loaded loaded = nothing.load()) {
      loaded.run(RunInput.packet(arena.allocate(SHORTEST_PACKET), 1));
      return loaded.info().runCount() > 0;
    } catch (BpfException e) {
      return false; // who may load nothing is slowed by nothing of the kind
    }
  }

  /** Programs that lie on the way of what is measured; our own are not loaded yet. */
  static String otherPrograms() {
    if (LibBpf.unavailable().isPresent()) {
      return FingerprintPart.NOT_READABLE;
    }
    try {
      List<BpfProgram.Info> first = atHooks();
      return first.isEmpty() ? words(first) : words(stillThere(first));
    } catch (BpfException e) {
      return FingerprintPart.NOT_READABLE;
    }
  }

  private static List<BpfProgram.Info> atHooks() {
    return LoadedPrograms.list().stream()
        .filter(program -> AT_HOOKS.contains(program.type()))
        .toList();
  }

  private static List<BpfProgram.Info> stillThere(List<BpfProgram.Info> programs) {
    try {
      Thread.sleep(SETTLE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Set<Integer> now = atHooks().stream().map(BpfProgram.Info::id).collect(Collectors.toSet());
    return programs.stream().filter(program -> now.contains(program.id())).toList();
  }

  /** {@code tracing watch, raw_tracepoint count (2)}, by name; with the sum of what is left out. */
  static String words(List<BpfProgram.Info> programs) {
    Map<String, Long> counted =
        programs.stream()
            .map(program -> LoadedPrograms.typeWord(program.type()) + " " + program.name())
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    List<String> all = new ArrayList<>();
    counted.forEach((name, count) -> all.add(count == 1 ? name : name + " (" + count + ")"));
    if (all.isEmpty()) {
      return FingerprintPart.OTHER_PROGRAMS.usual();
    }
    String named =
        IntStream.range(0, Math.min(MOST_NAMES, all.size()))
            .mapToObj(all::get)
            .collect(Collectors.joining(", "));
    return all.size() <= MOST_NAMES
        ? named
        : named
            + " and "
            + (all.size() - MOST_NAMES)
            + " more ["
            + Checksum.of(String.join("\n", all))
            + "]";
  }
}
