package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.ProgramFacts;
import java.util.List;
import java.util.OptionalLong;

/**
 * A program between two looks.
 *
 * @param hooks where it is attached; empty where nobody tells, as for filters of sockets
 * @param holders processes that keep it alive
 * @param pins files of BPF file systems that do
 * @param ours whether this process loaded it, to look
 * @param seconds between the looks, or since it was loaded where that is less
 * @param runs in that time; below 0 where statistics were not on
 * @param insideNanos of all these runs, by the kernel's statistics
 * @param dispatch the way to it and back
 * @param missed runs in that time that the kernel left out (recursion, and events that kprobes
 *     lost); empty where the kernel does not count them
 * @param maps that it uses
 */
public record ProgramRow(
    ProgramFacts program,
    List<LoadedLink> hooks,
    List<Holder> holders,
    List<String> pins,
    boolean ours,
    double seconds,
    long runs,
    long insideNanos,
    HookCost dispatch,
    OptionalLong missed,
    List<MapUse> maps) {

  /** The owner of what this process loaded, to look. */
  private static final String OURS = "bpfgauge (this look)";

  /** What {@link #runs} says where statistics were not on. */
  static final long NOT_COUNTED = -1;

  /** How much is known of the way to a program. */
  public enum Knowledge {
    /** Measured on this machine, on such a hook with such a target. */
    MEASURED,
    /** Measured on this machine, on another target or a hook that is near. */
    ESTIMATE,
    /** Not known: what is said of the program leaves it out. */
    UNKNOWN
  }

  /**
   * The way to a program and back.
   *
   * @param nanos for each run, 0 where unknown; may be below zero, see {@link DispatchCosts}
   */
  public record HookCost(Knowledge knowledge, double nanos) {
    static final HookCost UNKNOWN = new HookCost(Knowledge.UNKNOWN, 0);
  }

  /**
   * A map that the program uses.
   *
   * @param id the map's
   * @param name the map's
   * @param type {@code percpu_hash}
   * @param bytes of the kernel; empty where it does not tell
   * @param entries that it holds; empty where that cannot be told
   * @param mostEntries that it can hold
   * @param sharers programs that use it, this one included
   * @param counted whether this program is the one whose memory it counts as: of its sharers the
   *     one with the lowest id
   */
  public record MapUse(
      int id,
      String name,
      String type,
      OptionalLong bytes,
      OptionalLong entries,
      long mostEntries,
      int sharers,
      boolean counted) {

    /** From 0 to 1; NaN where it cannot be told. */
    public double fill() {
      return entries.isEmpty() || mostEntries == 0
          ? Double.NaN
          : (double) entries.getAsLong() / mostEntries;
    }
  }

  public ProgramRow {
    hooks = List.copyOf(hooks);
    holders = List.copyOf(holders);
    pins = List.copyOf(pins);
    maps = List.copyOf(maps);
  }

  int id() {
    return program.id();
  }

  boolean isCounted() {
    return runs != NOT_COUNTED && seconds > 0;
  }

  /** NaN where it was not counted. */
  public double runsPerSecond() {
    return isCounted() ? runs / seconds : Double.NaN;
  }

  /** By the kernel's statistics; NaN where it did not run. */
  public double nanosPerRun() {
    return runs > 0 ? (double) insideNanos / runs : Double.NaN;
  }

  /** By the kernel's statistics alone, % of a CPU; NaN where it was not counted. */
  public double insidePercent() {
    return isCounted() ? insideNanos / seconds / 1e7 : Double.NaN;
  }

  /** With the way there and back where that is known, % of a CPU. */
  public double totalPercent() {
    return isCounted()
        ? Math.max(0, insideNanos + runs * dispatch.nanos) / seconds / 1e7
        : Double.NaN;
  }

  /** Memory of the maps that count as its own, bytes. */
  public long mapBytes() {
    return maps.stream().filter(MapUse::counted).mapToLong(map -> map.bytes().orElse(0)).sum();
  }

  /** The mark that its % of a CPU is shown with. */
  boolean isShownAs(Knowledge knowledge) {
    return isCounted() && runs > 0 && dispatch.knowledge == knowledge;
  }

  /** The hook in words; of several the first, and how many more. */
  public String hookWords() {
    if (hooks.isEmpty()) {
      return "";
    }
    String first = Hooks.words(hooks.getFirst());
    return hooks.size() == 1 ? first : first + " +" + (hooks.size() - 1);
  }

  /** Who keeps it alive in words: a process, else a file; empty where neither is seen. */
  public String ownerWords() {
    if (ours) {
      return OURS;
    }
    if (!holders.isEmpty()) {
      Holder first = holders.getFirst();
      String more = holders.size() == 1 ? "" : " +" + (holders.size() - 1);
      return "%s(%d)%s".formatted(first.command(), first.pid(), more);
    }
    return pins.isEmpty() ? "" : "pinned " + pins.getFirst();
  }
}
