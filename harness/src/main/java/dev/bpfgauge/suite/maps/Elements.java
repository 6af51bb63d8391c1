package dev.bpfgauge.suite.maps;

/** What the elements of every measured map hold. */
public final class Elements {
  private Elements() {}

  /** A function of the key, so that a lookup can check its value; as value_of() in the C code. */
  public static long valueOf(int key) {
    return (Integer.toUnsignedLong(key) + 1) * 0x9E3779B97F4A7C15L;
  }
}
