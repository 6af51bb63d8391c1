package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.measure.FreshPages;

/** A page fault: a software event of perf that one thread can have happen as often as it likes. */
final class PageFault implements Traced {
  private final FreshPages pages = new FreshPages();

  @Override
  public void operate(int count) {
    pages.read(count);
  }

  @Override
  public Attachment attach(BpfProgram program) {
    return program.attachPageFaults()::close;
  }

  @Override
  public void close() {
    pages.close();
  }
}
