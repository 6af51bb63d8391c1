package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import java.lang.foreign.ValueLayout;

/** How even the run queues are, whatever scheduler runs (bpf/mllb/balance.bpf.c). */
public final class Balance implements AutoCloseable {
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
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel does not take it
   */
  public static Balance attach() {
    BpfObject object = BpfObject.builtIn("mllb/balance");
    try {
      object.variable("cpus").set(ValueLayout.JAVA_INT, 0, BpfMap.possibleCpus());
      object.load();
      object.programNames().forEach(name -> object.program(name).attach());
      return new Balance(object);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
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
