package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.LoadedMap;
import dev.bpfgauge.libbpf.ProgramFacts;
import dev.bpfgauge.libbpf.RunCount;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks that no kernel made: each second of a host begins at a whole second. */
final class MadeLooks {
  static final long SECOND = 1_000_000_000;

  private final SortedMap<Integer, HostLook.Seen> programs = new TreeMap<>();
  private final SortedMap<Integer, HostLook.MapSeen> maps = new TreeMap<>();
  private final List<String> statistics = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final long atNanos;

  MadeLooks(long second) {
    atNanos = second * SECOND;
  }

  static LoadedLink hook(String hook, String target) {
    return new LoadedLink(1, 1, hook, target, OptionalLong.empty());
  }

  MadeLooks program(
      int id,
      String name,
      long loadedAt,
      long runs,
      long nanos,
      List<Integer> mapIds,
      LoadedLink... hooks) {
    ProgramFacts program =
        new ProgramFacts(
            id, name, Uapi.BPF_PROG_TYPE_RAW_TRACEPOINT, "tag", loadedAt, 0, 100, 160, mapIds);
    RunCount count = new RunCount(id, loadedAt, runs, nanos, OptionalLong.of(runs / 10), atNanos);
    programs.put(
        id,
        new HostLook.Seen(
            program,
            count,
            List.of(hooks),
            List.of(new Holder(7, "tool", "/system.slice/tool.service")),
            List.of(),
            false));
    return this;
  }

  /** The program is one of the looking process itself. */
  MadeLooks ours(int id) {
    programs.computeIfPresent(
        id,
        (_, seen) ->
            new HostLook.Seen(
                seen.program(), seen.count(), seen.hooks(), seen.holders(), seen.pins(), true));
    return this;
  }

  /** Who else has them on. */
  MadeLooks statistics(String who) {
    statistics.add(who);
    return this;
  }

  MadeLooks map(int id, long bytes, long entries, long most) {
    BpfMap.Info info = new BpfMap.Info(id, "m" + id, Uapi.BPF_MAP_TYPE_HASH, 4, 8, most, 0);
    maps.put(id, new HostLook.MapSeen(new LoadedMap(info, OptionalLong.of(bytes)), entries));
    return this;
  }

  HostLook look() {
    int newest = programs.isEmpty() ? 0 : programs.lastKey();
    return look(newest);
  }

  HostLook look(int newestId) {
    return new HostLook(
        Instant.ofEpochSecond(1_800_000_000),
        atNanos,
        0,
        programs,
        maps,
        newestId,
        List.copyOf(statistics),
        20,
        atNanos / 100,
        notes);
  }
}
