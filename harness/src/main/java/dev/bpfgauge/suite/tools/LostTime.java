package dev.bpfgauge.suite.tools;

/**
 * What threads or CPUs lose to something, in plain words.
 *
 * @param perSecond seconds of threads or CPUs that are lost in each second; what is worst has most
 * @param sentence what, where and how much
 */
public record LostTime(double perSecond, String sentence) {
  /** Less is not worth a sentence. */
  private static final double LEAST = 0.01;

  public boolean isWorthASentence() {
    return perSecond >= LEAST;
  }
}
