package dev.bpfgauge.machine.stress;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A load and power state the machine is put in: the content of one profile file, or several
 * composed.
 *
 * <p>A further kind of load is one more optional component here and one more key in {@link
 * ProfileFile}.
 *
 * @param name the file's name without {@code .yaml}; composed ones are joined by {@code +}
 * @param description what the profile does, in words, for the report
 * @param cpu load on every CPU, empty where none is wanted
 * @param memory memory to be in use, empty where none is wanted
 * @param churn memory, files and sockets in constant use, empty where none are wanted
 * @param power idle states and frequency; the host package puts them into force
 */
public record Profile(
    String name,
    String description,
    Optional<CpuLoad> cpu,
    Optional<MemoryLoad> memory,
    Optional<Churn> churn,
    Power power) {

  public Profile {
    if (memory.isPresent() && churn.map(Churn::memoryPercent).orElse(0) > 0) {
      throw new ProfileException(
          "profile %s: memory and churn.memory-percent exclude each other, take one out"
              .formatted(name));
    }
  }

  /**
   * One worker on each online CPU.
   *
   * @param percent share of the time each worker is busy, 1 to 100
   * @param method stress-ng's {@code --cpu-method}, one of {@link ProfileFile#CPU_METHODS}
   */
  public record CpuLoad(int percent, String method) {}

  /**
   * Memory written once and kept.
   *
   * @param usedPercent share of MemTotal to be in use by the whole system, 1 to 95
   */
  public record MemoryLoad(int usedPercent) {}

  /**
   * Memory, files and sockets that workers use all the time, one of each kind for each online CPU.
   *
   * @param memoryPercent share of MemTotal that is written again and again, 1 to 80; 0 for none
   * @param files whether files are written
   * @param sockets whether pairs of processes send to each other over the loopback
   */
  public record Churn(int memoryPercent, boolean files, boolean sockets) {
    /** How many kinds of workers there are. */
    int kinds() {
      return (memoryPercent > 0 ? 1 : 0) + (files ? 1 : 0) + (sockets ? 1 : 0);
    }
  }

  /**
   * The wanted power state.
   *
   * @param cstates idle states: on, off (all but the shallowest), or as they are
   * @param pstates frequency: on (scaling, turbo on), off (fixed, turbo off), or as it is
   * @param cpuLatencyMicros what to hold in {@code /dev/cpu_dma_latency}, empty for nothing
   */
  public record Power(Wish cstates, Wish pstates, OptionalInt cpuLatencyMicros) {
    /** Leaves everything as it is. */
    public static final Power UNCHANGED =
        new Power(Wish.UNCHANGED, Wish.UNCHANGED, OptionalInt.empty());
  }

  /** What a profile wants of a power setting. */
  public enum Wish {
    UNCHANGED("unchanged"),
    ON("on"),
    OFF("off"),
    /** Off where the machine can; where it cannot, the run says so and goes on. */
    PREFER_OFF("prefer-off");

    private final String word;

    Wish(String word) {
      this.word = word;
    }

    /** The word in profile files. */
    public String word() {
      return word;
    }
  }

  /** Whether no load is asked for; power wishes may still be. */
  public boolean isWithoutLoad() {
    return cpu.isEmpty() && memory.isEmpty() && churn.isEmpty();
  }

  /**
   * This profile and another at once.
   *
   * @throws ProfileException where the two ask for different values of the same thing, or the other
   *     adds nothing
   */
  public Profile plus(Profile other) {
    var joined =
        new Profile(
            name + "+" + other.name,
            description + "; " + other.description,
            one(other, "cpu", Profile::cpu),
            one(other, "memory", Profile::memory),
            one(other, "churn", Profile::churn),
            new Power(
                wish(other, "cstates", power.cstates, other.power.cstates),
                wish(other, "pstates", power.pstates, other.power.pstates),
                latency(other)));
    if (joined.sameStateAs(this) || joined.sameStateAs(other)) {
      String idler = joined.sameStateAs(this) ? other.name : name;
      throw new ProfileException(
          "profile %s: %s adds nothing, leave it out".formatted(joined.name, idler));
    }
    return joined;
  }

  private boolean sameStateAs(Profile other) {
    return cpu.equals(other.cpu)
        && memory.equals(other.memory)
        && churn.equals(other.churn)
        && power.equals(other.power);
  }

  private <T> Optional<T> one(Profile other, String what, Function<Profile, Optional<T>> part) {
    Optional<T> mine = part.apply(this);
    Optional<T> theirs = part.apply(other);
    if (mine.isPresent() && theirs.isPresent() && !mine.equals(theirs)) {
      throw conflict(other, what);
    }
    return mine.or(() -> theirs);
  }

  private OptionalInt latency(Profile other) {
    OptionalInt mine = power.cpuLatencyMicros;
    OptionalInt theirs = other.power.cpuLatencyMicros;
    if (mine.isPresent() && theirs.isPresent() && !mine.equals(theirs)) {
      throw conflict(other, "cpu-latency-us");
    }
    return mine.isPresent() ? mine : theirs;
  }

  /** A preference yields to a demand; two different demands do not go together. */
  private Wish wish(Profile other, String what, Wish mine, Wish theirs) {
    if (mine == theirs || theirs == Wish.UNCHANGED) {
      return mine;
    }
    if (mine == Wish.UNCHANGED || mine == Wish.PREFER_OFF) {
      return theirs;
    }
    if (theirs == Wish.PREFER_OFF) {
      return mine;
    }
    throw conflict(other, what);
  }

  private ProfileException conflict(Profile other, String what) {
    return new ProfileException(
        "profiles %s and %s cannot be combined: both set %s, to different values"
            .formatted(name, other.name, what));
  }
}
