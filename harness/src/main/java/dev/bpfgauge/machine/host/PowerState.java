package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Idle and frequency states a profile asks for: applied through sysfs, read back, and put back
 * exactly.
 *
 * <p>The attributes are those of the kernel's admin-guide/pm: cpuidle.rst, cpufreq.rst,
 * intel_pstate.rst and amd-pstate.rst. What a machine does not have is told, never passed over.
 */
public final class PowerState {
  private PowerState() {}

  /** Which idle states the CPUs may enter. */
  public enum CStates {
    /** As the machine was found. */
    AS_FOUND,
    /**
     * Only state0 (POLL on x86, WFI on arm64): the others are disabled, and a latency request of 0
     * µs is held besides. A polling SMT sibling takes cycles from its neighbour.
     */
    OFF,
    /** Every state enabled. */
    ON
  }

  /** How the frequency is chosen. */
  public enum PStates {
    /** As the machine was found. */
    AS_FOUND,
    /** Governor performance, lowest = highest = the base frequency, turbo off. */
    FIXED,
    /** The driver's own scaling governor over the whole range, turbo on. */
    SCALING
  }

  /**
   * The wanted state.
   *
   * @param cpuLatencyMicros longest wake-up latency to request through /dev/cpu_dma_latency; empty
   *     means 0 with {@link CStates#OFF} and no request otherwise
   */
  public record Wanted(CStates cstates, PStates pstates, OptionalInt cpuLatencyMicros) {
    /** Nothing is to be changed. */
    public static final Wanted AS_FOUND =
        new Wanted(CStates.AS_FOUND, PStates.AS_FOUND, OptionalInt.empty());

    /** The part that is about idle states. */
    public Wanted idleStates() {
      return new Wanted(cstates, PStates.AS_FOUND, cpuLatencyMicros);
    }

    /** The part that is about frequencies. */
    public Wanted frequencies() {
      return new Wanted(CStates.AS_FOUND, pstates, OptionalInt.empty());
    }
  }

  /** A state that was applied; closing puts back what was before. */
  public static final class Applied implements AutoCloseable {
    private final List<String> done;
    private final List<String> unavailable;
    private final SavedState saved;
    private final int mark;
    private final Changes changes;
    private final SavedState.Turned settings;
    private boolean suspended;
    private boolean over;

    private Applied(Changes changes, SavedState saved, int mark) {
      this.done = List.copyOf(changes.done());
      this.unavailable = List.copyOf(changes.refused());
      this.changes = changes;
      this.saved = saved;
      this.mark = mark;
      this.settings = saved.since(mark);
    }

    /** What was really changed, one sentence each; empty where nothing was. */
    public List<String> done() {
      return done;
    }

    /** What was wanted and could not be had: {@code unavailable: reason}. */
    public List<String> unavailable() {
      return unavailable;
    }

    /**
     * Puts everything back until {@link #resume}; what was before stays saved. Nothing where that
     * is so already, and after {@link #restore}. For one thread at a time, beside one that
     * restores.
     *
     * @throws UncheckedIOException where a setting cannot be written
     */
    public synchronized void suspend() {
      if (!suspended && !over) {
        suspended = true;
        changes.dropLatency();
        settings.putBack();
      }
    }

    /** Sets everything again. */
    public synchronized void resume() {
      if (suspended && !over) {
        settings.setAgain();
        changes.holdLatencyAgain();
        suspended = false;
      }
    }

    /** Puts everything back and tells what. Doing it again does nothing. */
    public synchronized SavedState.Restored restore() {
      over = true;
      changes.dropLatency();
      return saved.restoreTo(Math.min(mark, saved.mark()));
    }

    /**
     * {@link #restore()}, as an exception where something could not be put back.
     *
     * @throws IOException that names every setting which is not as before
     */
    @Override
    public void close() throws IOException {
      List<String> failed = restore().failed();
      if (!failed.isEmpty()) {
        throw new IOException("not put back: " + String.join("; ", failed));
      }
    }
  }

  /**
   * Applies a state. Never throws for what the machine lacks or refuses: that is in {@link
   * Applied#unavailable()}.
   *
   * @throws dev.bpfgauge.model.Refusal where a prior value cannot be saved; what was changed before
   *     is in {@code saved} then
   */
  public static Applied apply(Wanted wanted, Roots roots, SavedState saved) {
    int mark = saved.mark();
    Changes changes = new Changes(saved);
    switch (wanted.cstates()) {
      case AS_FOUND -> {}
      case OFF -> idleStates(roots, changes, true);
      case ON -> idleStates(roots, changes, false);
    }
    OptionalInt micros = wanted.cpuLatencyMicros();
    if (micros.isEmpty() && wanted.cstates() == CStates.OFF) {
      micros = OptionalInt.of(0);
    }
    micros.ifPresent(value -> changes.holdLatency(roots.dev().resolve("cpu_dma_latency"), value));
    switch (wanted.pstates()) {
      case AS_FOUND -> {}
      case FIXED -> frequencies(roots, changes, true);
      case SCALING -> frequencies(roots, changes, false);
    }
    return new Applied(changes, saved, mark);
  }

  private static void idleStates(Roots roots, Changes changes, boolean disable) {
    int found = 0;
    for (Path cpu : Roots.children(roots.cpus(), "cpu\\d+")) {
      for (Path state : Roots.children(cpu.resolve("cpuidle"), "state\\d+")) {
        found++;
        boolean first = state.endsWith("state0");
        String name = Roots.text(state.resolve("name")).orElse(state.getFileName().toString());
        String value = disable && !first ? "1" : "0";
        String what = "idle state " + name + (value.equals("1") ? " disabled" : " enabled");
        changes.set(what, "CPUs", state.resolve("disable"), value);
      }
    }
    if (found == 0) {
      changes.refuse(
          "no cpuidle: "
              + roots.cpus().resolve("cpu0/cpuidle")
              + " is absent (no idle driver, as in many virtual machines)");
    } else {
      changes.noteIfUnchanged(
          disable ? "idle states deeper than state0 were off already" : "idle states were on");
    }
  }

  private static void frequencies(Roots roots, Changes changes, boolean fixed) {
    Path cpufreq = roots.cpus().resolve("cpufreq");
    List<Path> policies = Roots.children(cpufreq, "policy\\d+");
    if (policies.isEmpty()) {
      changes.refuse(
          "no cpufreq: "
              + cpufreq.resolve("policy0")
              + " is absent (no frequency driver, as in most virtual machines)");
      return;
    }
    for (Path policy : policies) {
      // An offline CPU's policy is there, and empty: EBUSY on every attribute.
      if (Roots.text(policy.resolve("scaling_governor")).isPresent()) {
        fixOrScale(roots, policy, changes, fixed);
      }
    }
    // Turbo last: undone first, the range is whole again when the limits are put back.
    turbo(roots, policies, changes, !fixed);
  }

  private static void fixOrScale(Roots roots, Path policy, Changes changes, boolean fixed) {
    Optional<String> governor = fixed ? Optional.of("performance") : scalingGovernor(policy);
    if (governor.isEmpty()) {
      changes.refuse("no scaling governor: only " + governors(policy) + " is built in");
    } else if (!governors(policy).contains(governor.get())) {
      changes.refuse("no governor " + governor.get() + ": there are " + governors(policy));
    } else {
      // Drivers with an energy preference of their own move it along with the governor.
      changes.keep(policy.resolve("energy_performance_preference"));
      changes.set(
          "governor " + governor.get(),
          "policies",
          policy.resolve("scaling_governor"),
          governor.get());
    }
    if (fixed) {
      limit(policy, changes, fixedFrequency(roots, policy), OptionalLong.empty());
    } else {
      limit(
          policy,
          changes,
          number(policy.resolve("cpuinfo_min_freq")),
          number(policy.resolve("cpuinfo_max_freq")));
    }
  }

  private static List<String> governors(Path policy) {
    return Arrays.asList(
        Roots.text(policy.resolve("scaling_available_governors")).orElse("").split("\\s+"));
  }

  /** In drivers that scale by themselves (intel_pstate, amd-pstate-epp) powersave is that. */
  private static Optional<String> scalingGovernor(Path policy) {
    List<String> there = governors(policy);
    for (String name : List.of("schedutil", "ondemand", "conservative")) {
      if (there.contains(name)) {
        return Optional.of(name);
      }
    }
    String driver = Roots.text(policy.resolve("scaling_driver")).orElse("");
    boolean scalesItself = driver.equals("intel_pstate") || driver.equals("amd-pstate-epp");
    return scalesItself && there.contains("powersave")
        ? Optional.of("powersave")
        : Optional.empty();
  }

  /**
   * The highest frequency without turbo, in kHz: what the driver names (intel_pstate's
   * base_frequency), what the firmware names (CPPC's nominal frequency, MHz), the highest of the
   * driver's table (turbo has one of its own), else the policy's highest.
   */
  private static OptionalLong fixedFrequency(Roots roots, Path policy) {
    OptionalLong base = number(policy.resolve("base_frequency"));
    if (base.isPresent()) {
      return base;
    }
    String cpu = policy.getFileName().toString().replace("policy", "cpu");
    OptionalLong nominalMegahertz =
        number(roots.cpus().resolve(cpu).resolve("acpi_cppc/nominal_freq"));
    if (nominalMegahertz.isPresent() && nominalMegahertz.getAsLong() > 0) {
      return OptionalLong.of(nominalMegahertz.getAsLong() * 1000);
    }
    Optional<String> table = Roots.text(policy.resolve("scaling_available_frequencies"));
    if (table.isPresent()) {
      return Arrays.stream(table.get().split("\\s+")).mapToLong(Long::parseLong).max();
    }
    return number(policy.resolve("cpuinfo_max_freq"));
  }

  /** Sets both limits, in the order in which lowest never passes highest; one value fixes both. */
  private static void limit(Path policy, Changes changes, OptionalLong low, OptionalLong high) {
    if (low.isEmpty()) {
      changes.refuse("no frequency limits: " + policy + " names no frequency");
      return;
    }
    Path lowest = policy.resolve("scaling_min_freq");
    Path highest = policy.resolve("scaling_max_freq");
    long min = low.getAsLong();
    long max = high.orElse(min);
    String span = high.isEmpty() ? "frequency fixed at " : "frequency from ";
    String what = span + megahertz(min) + (high.isEmpty() ? "" : " to " + megahertz(max));
    if (number(highest).orElse(Long.MAX_VALUE) < min) {
      changes.set(what, "limits", highest, Long.toString(max));
      changes.set(what, "limits", lowest, Long.toString(min));
    } else {
      changes.set(what, "limits", lowest, Long.toString(min));
      changes.set(what, "limits", highest, Long.toString(max));
    }
  }

  private static void turbo(Roots roots, List<Path> policies, Changes changes, boolean on) {
    Path noTurbo = roots.cpus().resolve("intel_pstate/no_turbo");
    Path boost = roots.cpus().resolve("cpufreq/boost");
    String word = on ? "turbo on" : "turbo off";
    if (Files.exists(noTurbo)) {
      changes.set(word, "", noTurbo, on ? "0" : "1");
    } else if (Files.exists(boost)) {
      // The switch for all overwrites the switch of each.
      policies.forEach(policy -> changes.keep(policy.resolve("boost")));
      changes.set(word, "", boost, on ? "1" : "0");
    } else if (Files.exists(policies.getFirst().resolve("boost"))) {
      policies.forEach(
          policy -> changes.set(word, "policies", policy.resolve("boost"), on ? "1" : "0"));
    } else {
      changes.refuse("no turbo switch: neither " + noTurbo + " nor " + boost + " is there");
    }
  }

  private static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Roots.text(file).orElse("")));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static String megahertz(long kilohertz) {
    return kilohertz / 1000 + " MHz";
  }

  /** Changes as they are made, counted by what they are: 128 CPUs make one sentence. */
  private static final class Changes {
    private final SavedState saved;
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Map<String, String> units = new LinkedHashMap<>();
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable RandomAccessFile latencyRequest;

    /** What is requested, and of what; absent where nothing is. */
    private @Nullable Path latencyDevice;

    private int latencyMicros;

    Changes(SavedState saved) {
      this.saved = saved;
    }

    void set(String what, String unit, Path file, String value) {
      try {
        boolean same = ForeignText.read(file).strip().equals(value);
        String now = saved.set(file, value);
        String told = now.equals(value) ? what : what + " (the kernel made it " + now + ")";
        if (!same) {
          counts.merge(told, 1, Integer::sum);
          units.put(told, unit);
        }
      } catch (IOException e) {
        refuse(what, file + ": " + SavedState.reason(e));
      }
    }

    void keep(Path file) {
      if (!Files.isReadable(file)) {
        return;
      }
      try {
        saved.keep(file);
      } catch (IOException e) {
        refuse("saving", file + ": " + SavedState.reason(e));
      }
    }

    void noteIfUnchanged(String note) {
      if (counts.isEmpty() && refusals.isEmpty()) {
        notes.add(note);
      }
    }

    void refuse(String reason) {
      refusals.putIfAbsent(reason, "");
    }

    void refuse(String what, String reason) {
      refusals.putIfAbsent(what, reason);
    }

    /** The request lives as long as the descriptor (pm_qos_interface.rst). */
    void holdLatency(Path device, int micros) {
      // Opening for writing would create a plain file where the device is missing.
      if (!Files.isWritable(device)) {
        String reason = Files.exists(device) ? "permission denied" : "not there";
        refuse("no latency request", device + ": " + reason);
        return;
      }
      try {
        latencyRequest = latencyRequest(device, micros);
        latencyDevice = device;
        latencyMicros = micros;
        counts.put("wake-up latency of at most " + micros + " µs requested", 1);
      } catch (IOException e) {
        refuse("no latency request", device + ": " + SavedState.reason(e));
      }
    }

    private static RandomAccessFile latencyRequest(Path device, int micros) throws IOException {
      RandomAccessFile request = new RandomAccessFile(device.toFile(), "rw");
      try {
        ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        request.write(value.putInt(micros).array());
        return request;
      } catch (IOException e) {
        request.close();
        throw e;
      }
    }

    void dropLatency() {
      try {
        if (latencyRequest != null) {
          latencyRequest.close();
        }
      } catch (IOException e) {
        // The kernel drops the request with the descriptor, whatever close() says.
      }
      latencyRequest = null;
    }

    void holdLatencyAgain() {
      if (latencyDevice != null) {
        try {
          latencyRequest = latencyRequest(latencyDevice, latencyMicros);
        } catch (IOException e) {
          throw new UncheckedIOException(latencyDevice + ": " + SavedState.reason(e), e);
        }
      }
    }

    List<String> done() {
      List<String> sentences = new ArrayList<>(notes);
      counts.forEach((what, count) -> {
        String unit = units.getOrDefault(what, "");
        sentences.add(unit.isEmpty() ? what : what + " (" + count + " " + unit + ")");
      });
      return sentences;
    }

    List<String> refused() {
      List<String> sentences = new ArrayList<>();
      refusals.forEach((what, reason) ->
          sentences.add("unavailable: " + what + (reason.isEmpty() ? "" : ": " + reason)));
      return sentences;
    }
  }
}
