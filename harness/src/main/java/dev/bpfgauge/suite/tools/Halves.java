package dev.bpfgauge.suite.tools;

/** Which halves of stacks a tool shows. */
public enum Halves {
  BOTH,
  USER,
  KERNEL;

  /** Whether the kernel's is among them. */
  public boolean hasKernel() {
    return this != USER;
  }

  /** Whether the process's is among them. */
  public boolean hasUser() {
    return this != KERNEL;
  }
}
