package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.StackMap;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel's stacks in a module's table, a column where they are wanted. */
final class OptionalStacks implements AutoCloseable {
  private static final Column COLUMN = new Column("STACK", "stack", -1);

  private final @Nullable StackMap stacks;

  private OptionalStacks(@Nullable StackMap stacks) {
    this.stacks = stacks;
  }

  /** Before load: maps that nobody needs take no memory. */
  static void set(BpfObject object, boolean wanted) {
    object.variable("with_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, wanted);
    if (!wanted) {
      object.leaveOut("stacks");
      object.leaveOut("scratches");
    }
  }

  static OptionalStacks of(Attachment attachment, boolean wanted) {
    return new OptionalStacks(wanted ? StackMap.of(attachment) : null);
  }

  /** With one more, the last. */
  List<Column> columns(List<Column> others) {
    List<Column> all = new ArrayList<>(others);
    if (stacks != null) {
      all.add(COLUMN);
    }
    return all;
  }

  void begin() {
    if (stacks != null) {
      stacks.begin();
    }
  }

  /** What a row has in its column, the innermost function first; nothing without one. */
  List<Object> cell(long name) {
    return stacks == null ? List.of() : List.of(String.join(" < ", stacks.kernel(name)));
  }

  void end() {
    if (stacks != null) {
      stacks.end();
    }
  }

  List<String> warnings() {
    return stacks == null ? List.of() : stacks.warnings(true, false);
  }

  @Override
  public void close() {
    if (stacks != null) {
      stacks.close();
    }
  }
}
