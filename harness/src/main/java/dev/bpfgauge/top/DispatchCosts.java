package dev.bpfgauge.top;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What run-time statistics leave out: the way to a program and back, by this machine's own figures
 * of suite hooks. There an empty program adds so much to an operation, and its own statistics say
 * so much of it; the rest is the hook's.
 *
 * @param nanosByHook the rest, for each run, by the suite's word for the hook; may be below zero
 *     where a hook costs less than reading the clock twice, which the statistics do
 * @param source the run's id, of several the newest first; empty where there is none
 * @param why where there is none: the option that measures it, and why
 */
public record DispatchCosts(Map<String, Double> nanosByHook, String source, String why) {
  private static final String SUITE = "hooks";

  /** What decides how long the way is; the rest of a fingerprint is about what measured it. */
  private static final Set<String> MATTERS =
      Set.of(
          "architecture",
          "bpf jit",
          "clocksource",
          "cpu",
          "kernel",
          "kernel parameters",
          "microcode",
          "mitigations",
          "virtualisation");

  /** Hooks without figures of their own, and whose figures are near. */
  private static final Map<String, String> NEAR =
      Map.of(
          "fmod_ret", "fexit",
          "lsm", "fentry",
          "kretprobe.multi", "kretprobe",
          "uprobe.multi", "uprobe",
          "uretprobe.multi", "uretprobe",
          "xdp", "xdp.native",
          "netkit", "tc.tcx",
          "cgroup_inet_ingress", "cgroup_skb",
          "cgroup_inet_egress", "cgroup_skb",
          "cgroup_sock_ops", "sock_ops");

  public DispatchCosts {
    nanosByHook = Map.copyOf(nanosByHook);
  }

  /**
   * The way to a program and back.
   *
   * @param nanos for each run
   * @param estimate whether it was measured on another target, or on a hook that is only near
   */
  public record Dispatch(double nanos, boolean estimate) {}

  /** Without figures. */
  static DispatchCosts none(String why) {
    return new DispatchCosts(Map.of(), "", why);
  }

  /**
   * Of the runs of suite hooks in the folder that this machine made as it is now: for each hook the
   * newest.
   *
   * @param fingerprint this machine's
   */
  public static DispatchCosts read(Path results, Map<String, String> fingerprint) {
    DispatchCosts found = none("");
    String differs = "";
    for (String id : RunFolder.ids(results)) {
      try {
        RunFolder folder = RunFolder.resolve(results, id);
        RunInfo info = folder.readInfo();
        if (info.inLab() || !info.plan().suites().contains(SUITE)) {
          continue;
        }
        List<String> differences =
            FingerprintDifference.between(fingerprint, info.fingerprint()).stream()
                .filter(d -> MATTERS.contains(d.name()))
                .map(FingerprintDifference::name)
                .toList();
        if (differences.isEmpty()) {
          found = found.and(of(folder.read()));
        } else if (differs.isEmpty()) {
          differs = id + " has another " + differences.getFirst();
        }
      } catch (Refusal damaged) {
        differs = differs.isEmpty() ? id + " cannot be read" : differs;
      }
    }
    return found.nanosByHook.isEmpty()
        ? none(
            "--calibrate measures it on a quiet machine; %s has no figures of this machine's hooks%s."
                .formatted(results, differs.isEmpty() ? "" : " (" + differs + ")"))
        : found;
  }

  /** These, and of an older run those hooks that these lack. */
  private DispatchCosts and(DispatchCosts older) {
    Map<String, Double> all = new TreeMap<>(older.nanosByHook);
    all.putAll(nanosByHook);
    boolean adds = all.size() > nanosByHook.size();
    String both = source.isEmpty() ? older.source : source + ", " + older.source;
    return adds ? new DispatchCosts(all, both, "") : this;
  }

  /**
   * What has to be measured so that these hooks have figures, their own or a near hook's.
   *
   * @param hooks those of programs
   * @param measurable what suite hooks can measure
   */
  Set<String> missing(Collection<LoadedLink> hooks, Collection<String> measurable) {
    Set<String> missing = new TreeSet<>();
    for (LoadedLink hook : hooks) {
      if (of(hook.hook(), hook.target()).isEmpty()) {
        Stream.of(hook.hook(), NEAR.getOrDefault(hook.hook(), hook.hook()))
            .filter(measurable::contains)
            .findFirst()
            .ifPresent(missing::add);
      }
    }
    return missing;
  }

  /** Of a run. */
  static DispatchCosts of(RunData run) {
    String first = run.info().plan().arms().getFirst().label();
    Map<String, Double> nanos = new TreeMap<>();
    for (CellSummary summary : RunAnalysis.summaries(run)) {
      Cell cell = summary.cell();
      boolean wanted =
          cell.suite().equals(SUITE)
              && cell.param("body").equals("empty")
              && cell.profile().equals(first)
              && !cell.param("runtime").equals("c");
      double inside = summary.extras().getOrDefault("runtime_stats_ns", Double.NaN);
      double runs = summary.extras().getOrDefault("runs_per_op", Double.NaN);
      double added = summary.mean() / runs - inside;
      if (wanted && summary.forks() > 0 && runs > 0 && Double.isFinite(added)) {
        nanos.put(cell.operation(), added);
      }
    }
    return new DispatchCosts(nanos, run.info().id(), "");
  }

  /**
   * What is known of a hook.
   *
   * @param target where; the suite's own targets are system calls
   */
  Optional<Dispatch> of(String hook, String target) {
    Double own = nanosByHook.get(hook);
    if (own != null) {
      return Optional.of(new Dispatch(own, !isMeasured(hook, target)));
    }
    Double near = nanosByHook.get(NEAR.getOrDefault(hook, hook));
    return near == null ? Optional.empty() : Optional.of(new Dispatch(near, true));
  }

  /** What the suite itself puts the hook on, or its like. */
  private static boolean isMeasured(String hook, String target) {
    return switch (hook) {
      case "raw_tp", "tp_btf" -> target.equals("sys_enter");
      case "tracepoint" -> target.startsWith("sys_enter_") || target.contains("syscalls/sys_enter");
      case "kprobe", "kretprobe", "fentry", "fexit" -> target.contains("_sys_");
      default -> true;
    };
  }
}
