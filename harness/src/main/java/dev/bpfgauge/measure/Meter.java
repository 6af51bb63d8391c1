package dev.bpfgauge.measure;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;

/**
 * Measures the cells of one suite in this process, without JMH: for what is timed inside the
 * kernel, where a JIT compiler has no say. In a run that process is a {@link MeterServer}'s child,
 * in a guest of the lab the guest's one JVM: each measures many cells, one after the other.
 */
public interface Meter {
  /** Little of a meter's Java is timed, and caches and the CPU's clock are soon warm. */
  int LONGEST_WARMUP_MILLIS = 100;

  /**
   * Measures one cell.
   *
   * @throws Refusal where the cell makes no sense, or this machine cannot
   * @throws BpfException where the kernel refuses what the cell needs
   * @throws IllegalStateException where an operation gave a wrong result, or the times cannot be
   *     trusted
   */
  Outcome measure(Cell cell, Settings settings);

  /** As {@link #measure}, but what goes wrong is an outcome with one sentence. */
  default Outcome attempt(Cell cell, Settings settings) {
    try {
      return measure(cell, settings);
    } catch (Refusal refusal) {
      return Outcome.of(refusal);
    } catch (BpfException e) {
      return new Outcome.Unavailable(sentence(e));
    } catch (IllegalStateException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (UnsupportedOperationException e) {
      return new Outcome.Unavailable(String.valueOf(e.getMessage()));
    }
  }

  /** What failed, and the last thing the verifier said of it. */
  private static String sentence(BpfException e) {
    String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return e.lastWords().map(last -> what + "; the kernel says: " + last).orElse(what);
  }
}
