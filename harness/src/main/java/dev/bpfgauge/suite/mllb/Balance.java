package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.ValueLayout;

/** How even the run queues are, whatever scheduler runs (bpf/mllb/balance.bpf.c). */
public final class Balance implements AutoCloseable {
  private static final String ON_SWITCH = "on_switch";

  /** BPF_FUNC_loop of enum bpf_func_id. */
  private static final int BPF_LOOP = 181;

  private final BpfObject object;

  /**
   * What was seen since it is attached.
   *
   * @param switches context switches
   * @param migrations tasks that got another CPU, by balancing, at a wake-up or at a start
   * @param samples times that all queues were looked at
   * @param spread longest less shortest queue, summed over samples
   * @param variance of the lengths, in thousandths, summed over samples
   * @param wasted samples in which a CPU had nothing and another two tasks or more
   */
  public record Reading(
      long switches, long migrations, long samples, long spread, long variance, long wasted) {

    Reading minus(Reading before) {
      return new Reading(
          switches - before.switches,
          migrations - before.migrations,
          samples - before.samples,
          spread - before.spread,
          variance - before.variance,
          wasted - before.wasted);
    }
  }

  private Balance(BpfObject object) {
    this.object = object;
  }

  /**
   * Attaches it.
   *
   * @throws BpfException where the kernel does not take it
   * @throws Refusal where it is too old
   */
  public static Balance attach() {
    BpfObject object = BpfObject.builtIn("mllb/balance");
    try {
      object.variable("cpus").set(ValueLayout.JAVA_INT, 0, BpfMap.possibleCpus());
      object.load();
      object.programNames().forEach(name -> object.program(name).attach());
      return new Balance(object);
    } catch (BpfException e) {
      boolean loops = hasLoop(object);
      object.close();
      throw refused(e, loops);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** Also where the kernel does not even say. */
  private static boolean hasLoop(BpfObject object) {
    try {
      return object.program(ON_SWITCH).helperProbe().has(BPF_LOOP);
    } catch (BpfException e) {
      return true;
    }
  }

  /**
   * Why it is not attached.
   *
   * @param loops whether the kernel has the helper that looks at one queue after the other
   */
  static RuntimeException refused(BpfException e, boolean loops) {
    return loops
        ? e
        : Refusal.environment(
            "the run queues are looked at by bpf_loop(), which this kernel does not have: it needs"
                + " Linux 5.17.");
  }

  /** What was seen so far. */
  public Reading read() {
    return new Reading(
        PerCpuSums.of(object.map("switches"), 1)[0],
        get("migrations"),
        get("samples"),
        get("spread"),
        get("variance"),
        get("wasted"));
  }

  private long get(String variable) {
    return object.variable(variable).get(ValueLayout.JAVA_LONG, 0);
  }

  @Override
  public void close() {
    object.close();
  }
}
