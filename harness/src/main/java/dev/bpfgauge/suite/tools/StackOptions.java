package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import picocli.CommandLine.Option;

/** What tools take that count by stacks. */
public final class StackOptions {
  @Option(
      names = {"-U", "--user-stacks-only"},
      description = "Stacks of user space only.")
  private boolean user;

  @Option(
      names = {"-K", "--kernel-stacks-only"},
      description = "Stacks of the kernel only.")
  private boolean kernel;

  @Option(
      names = {"-f", "--folded"},
      description = "One line for each, for flame graphs.")
  private boolean folded;

  @Option(
      names = "--stack-storage-size",
      paramLabel = "N",
      description = {"Room for N stacks, 1 to 2 kB of memory each.", "Default: ${DEFAULT-VALUE}."},
      defaultValue = "" + StackMap.USUAL)
  private int places = StackMap.USUAL;

  /**
   * Which halves are shown.
   *
   * @throws Refusal where that is none
   */
  public Halves halves() {
    if (user && kernel) {
      throw Refusal.usage("-U and -K exclude each other: give one of them.");
    }
    return user ? Halves.USER : kernel ? Halves.KERNEL : Halves.BOTH;
  }

  public boolean folded() {
    return folded;
  }

  /**
   * For how many stacks there is room.
   *
   * @throws Refusal where it is out of range
   */
  public int places() {
    StackMap.require(places);
    return places;
  }
}
