package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;

/** An operation that a program can hang on. Used by one thread, the one that made it. */
interface Traced extends AutoCloseable {

  /** Does it so often, as fast as it goes; attached, each time runs the program once. */
  void operate(int count);

  /** The same, and the nanoseconds that all of it took. */
  default long timed(int count) {
    long start = System.nanoTime();
    operate(count);
    return System.nanoTime() - start;
  }

  /**
   * Hangs the program on it.
   *
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel refuses
   */
  Attachment attach(BpfProgram program);

  @Override
  default void close() {}

  /** A program that hangs somewhere, until this is closed. */
  @FunctionalInterface
  interface Attachment extends AutoCloseable {
    @Override
    void close();
  }
}
