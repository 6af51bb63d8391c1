package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.LoadedMap;
import dev.bpfgauge.libbpf.ProgramFacts;
import dev.bpfgauge.libbpf.RunCount;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * All programs of this host at one moment.
 *
 * @param time wall clock, to be shown
 * @param atNanos the same by {@link System#nanoTime}, before the first program was read
 * @param bootAheadNanos CLOCK_BOOTTIME less {@link System#nanoTime}
 * @param programs by id
 * @param maps every map, by id
 * @param newestId the highest id a program ever had, as far as seen
 * @param statistics processes that have run-time statistics on, besides this one; and the setting
 * @param statisticsNanos what statistics add to each run here; NaN where that cannot be told
 * @param ownCpuNanos CPU time of this process so far
 * @param notes what could not be seen, a sentence each
 */
record HostLook(
    Instant time,
    long atNanos,
    long bootAheadNanos,
    SortedMap<Integer, Seen> programs,
    SortedMap<Integer, MapSeen> maps,
    int newestId,
    List<String> statistics,
    double statisticsNanos,
    long ownCpuNanos,
    List<String> notes) {

  /**
   * A program.
   *
   * @param hooks where it is attached
   * @param holders processes that keep it alive
   * @param pins files that do
   * @param ours whether this process loaded it, to look
   */
  record Seen(
      ProgramFacts program,
      RunCount count,
      List<LoadedLink> hooks,
      List<Holder> holders,
      List<String> pins,
      boolean ours) {}

  /**
   * A map.
   *
   * @param entries how many it holds; below 0 where that cannot be told
   */
  record MapSeen(LoadedMap map, long entries) {
    static final long UNTOLD = -1;

    /** From 0 to 1; NaN where it cannot be told. */
    double fill() {
      long most = map.info().maxEntries();
      return entries == UNTOLD || most == 0 ? Double.NaN : (double) entries / most;
    }
  }

  /** When its programs were loaded. */
  Set<Long> loaded() {
    return programs.values().stream()
        .map(seen -> seen.program().loadedAtNanos())
        .collect(Collectors.toSet());
  }
}
