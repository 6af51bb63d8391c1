package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Path;

/**
 * A network beside the kernel's can_migrate_task(): it answers at each decision and only counts
 * (bpf/mllb/shadow.bpf.c).
 */
public final class Shadow implements AutoCloseable {
  private static final int COUNTS = 8;

  private final BpfObject object;

  /**
   * What both answered, since it is attached.
   *
   * @param all decisions of the kernel
   * @param decisions of them in which a hot cache was asked about, so that the network answered
   * @param noNo both said no
   * @param noYes the kernel said no, the network yes
   * @param yesNo the kernel said yes, the network no
   * @param yesYes both said yes
   * @param readNanos to read what the answers depend on, all together
   * @param answerNanos for the answers, all together, a reading of the clock each included
   */
  public record Counts(
      long all,
      long decisions,
      long noNo,
      long noYes,
      long yesNo,
      long yesYes,
      long readNanos,
      long answerNanos) {

    /** Share of decisions in which both said the same; NaN without one. */
    public double agreement() {
      return decisions == 0 ? Double.NaN : (double) (noNo + yesYes) / decisions;
    }

    /** Share that always saying yes, or always no, would have got right. */
    public double majority() {
      return decisions == 0
          ? Double.NaN
          : (double) Math.max(noNo + noYes, yesNo + yesYes) / decisions;
    }
  }

  private Shadow(BpfObject object) {
    this.object = object;
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel has no fexit, or the network is too large
   */
  public static Shadow attach(Model model) {
    BpfObject object = BpfObject.builtIn("mllb/shadow");
    try {
      NetObject.set(object, model.fixed(FixedNet.Format.Q16));
      Nodes.makeRoom(object);
      object.load();
      Nodes.of(Path.of("/sys/devices/system/node")).fill(object);
      object.program("on_decision").attach();
      return new Shadow(object);
    } catch (BpfException e) {
      object.close();
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "unavailable: fexit on this kernel's can_migrate_task(): %s%s. In a guest of the lab it works: --kernel 7.2"
              .formatted(
                  String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName()),
                  Collector.lastWords(e)),
          e);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** What was counted so far, over all CPUs. */
  public Counts counts() {
    long[] sum = PerCpuSums.of(object.map("shadow_counts"), COUNTS);
    return new Counts(sum[7], sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6]);
  }

  @Override
  public void close() {
    object.close();
  }
}
