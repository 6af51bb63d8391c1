package dev.bpfgauge.cli;

/** Entry point of harness.jar. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("bpfgauge");
  }
}
