package dev.bpfgauge.dummy;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Counts system calls, by the counter of bpf/hooks/hooks.bpf.c at {@code raw_tp/sys_enter}. */
final class DummyTool implements Tool {
  static final String NAME = "dummytool";

  private static final String PROGRAM = "raw_tp";
  private static final int COUNTER = 1; // BODY_COUNTER of hooks.h
  private static final long COUNT_BYTES = 64; // struct run_count

  private final BpfObject object;
  private final String title;
  private long before;

  private DummyTool(BpfObject object, String title) {
    this.object = object;
    this.title = title;
  }

  static DummyTool attach(String title) {
    BpfObject object = BpfObject.builtIn("hooks/hooks");
    try {
      object.variable("body").set(ValueLayout.JAVA_INT, 0, COUNTER);
      object.mapNames().stream().filter(map -> !map.contains(".")).forEach(object::leaveOut);
      object.program(PROGRAM).setAutoload(true);
      object.load();
      object.program(PROGRAM).attach();
      return new DummyTool(object, title);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Counting system calls";
  }

  @Override
  public String hooks() {
    return "raw_tp/sys_enter";
  }

  @Override
  public Findings take() {
    long now = count();
    List<Object> row = List.of(now - before);
    before = now;
    return new Rows(List.of(new Rows.Column(title, "calls", 10, 0)), List.of(row), true);
  }

  private long count() {
    MemorySegment counts = object.variable("counts");
    long sum = 0;
    for (long at = 0; at < counts.byteSize(); at += COUNT_BYTES) {
      sum += counts.get(ValueLayout.JAVA_LONG, at);
    }
    return sum;
  }

  @Override
  public Tally tally() {
    return new Tally(count(), 0, object.missedRuns());
  }

  @Override
  public void close() {
    object.close();
  }
}
