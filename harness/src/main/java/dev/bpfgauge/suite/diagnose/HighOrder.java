package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** {@code high-order}: who asks for pages in a row, and what that took (high-order.bpf.c). */
final class HighOrder implements Tool {
  static final String NAME = "high-order";

  /** Of high-order.h. */
  static final CStruct KEY =
      CStruct.of("order_key", u64("stack"), u32("tgid"), u32("order"), u32("gfp"), u32("zero"));

  /** Of high-order.h. */
  static final CStruct USE =
      CStruct.of(
          "order_use",
          u64("requests"),
          u64("failures"),
          u64("reclaims"),
          u64("reclaim_ns"),
          u64("compactions"),
          u64("compaction_ns"),
          u64s("longest", 2),
          u32("inside"),
          u32("execs"),
          chars("comm", 16));

  private static final int COMM_BYTES = 16;
  private static final int COUNTERS = 6;

  /** No kernel has one: MAX_PAGE_ORDER is 10, or 13 with pages of 64 KiB. */
  private static final int MOST_ORDER = 20;

  private static final String RECLAIM = "tp_btf/mm_page_alloc, mm_vmscan_direct_reclaim_*";
  private static final Set<String> OF_RECLAIM = Set.of("on_reclaim_begin", "on_reclaim_end");
  private static final Set<String> OF_BOTH =
      Set.of(
          "on_reclaim_begin",
          "on_reclaim_end",
          "on_compaction_wish",
          "on_compaction_begin",
          "on_compaction_end");

  private static final List<HookSet> WAYS =
      Stream.concat(
              InterruptPrograms.both(
                  RECLAIM + ", mm_compaction_*",
                  OF_BOTH,
                  Set.of("on_alloc"),
                  "Linux 5.14, its BTF and CONFIG_COMPACTION")
                  .stream(),
              InterruptPrograms.both(
                  RECLAIM, OF_RECLAIM, Set.of("on_alloc"), "Linux 5.14 and its BTF")
                  .stream())
          .toList();

  private static final List<Column> COLUMNS =
      List.of(
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("COMM", "comm", -16),
          new Column("ORDER", "order", 5),
          new Column("REQUESTS", "requests", 9),
          new Column("FAILED", "failed", 6),
          new Column("RECLAIMS", "reclaims", 8),
          new Column("RECL-WALL(ms)", "reclaim_wall_ms", 13, 3),
          new Column("COMPACTS", "compactions", 8),
          new Column("COMP-WALL(ms)", "compaction_wall_ms", 13, 3),
          new Column("MAX-WALL(ms)", "longest_wall_ms", 12, 3),
          new Column("GFP", "gfp", -1));

  private final Options options;
  private final Attachment attachment;
  private final CountedElements uses;
  private final OptionalStacks stacks;
  private final Longest longest = new Longest();

  /**
   * What the user wishes.
   *
   * @param order the least that counts
   * @param stacks a row for each of the kernel's stacks
   * @param pid only this process; 0 for all
   * @param most rows shown
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(int order, boolean stacks, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
      if (order < 0 || order > MOST_ORDER) {
        throw Refusal.option(
            "--order wants a whole number from 0 to %d, not %d.".formatted(MOST_ORDER, order));
      }
    }

    private void set(BpfObject object) {
      OptionalStacks.set(object, stacks);
      object.variable("least_order").set(ValueLayout.JAVA_INT, 0, order);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * Requests of one kind in an interval.
   *
   * @param pid the machine's number; 0 for interrupts
   * @param inside its number in its own PID namespace
   * @param stack in the kernel, by name; 0 where none is wanted
   * @param failures requests in vain
   * @param longestNanos of one request, reclaim and compaction together
   */
  record Asked(
      int pid,
      int inside,
      String name,
      int order,
      int gfp,
      long stack,
      long requests,
      long failures,
      long reclaims,
      long reclaimNanos,
      long compactions,
      long compactionNanos,
      long longestNanos) {

    private List<Object> row(List<Object> stackCell) {
      List<Object> row = new ArrayList<>();
      Collections.addAll(
          row,
          pid,
          inside,
          name,
          order,
          requests,
          failures,
          reclaims,
          Decimal.millis(reclaimNanos),
          compactions,
          Decimal.millis(compactionNanos),
          Decimal.millis(longestNanos),
          GfpFlags.of(gfp));
      row.addAll(stackCell);
      return row;
    }
  }

  private HighOrder(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.uses = new CountedElements(attachment.map("uses"), COUNTERS);
    this.stacks = OptionalStacks.of(attachment, options.stacks);
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static HighOrder attach(Options options) {
    return new HighOrder(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing requests for 2^%d and more contiguous pages".formatted(options.order);
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public List<String> warnings() {
    return stacks.warnings();
  }

  /** Requests since this was asked before; those that took the longest first. */
  List<Asked> since() {
    longest.begin(attachment.variable("interval"));
    List<Asked> found = new ArrayList<>();
    uses.takeChanges((key, value, added) -> found.add(asked(key, value, added)));
    found.sort(
        Comparator.comparingLong((Asked asked) -> asked.reclaimNanos() + asked.compactionNanos())
            .thenComparingLong(Asked::failures)
            .thenComparingLong(Asked::requests)
            .reversed());
    return found;
  }

  private Asked asked(MemorySegment key, MemorySegment value, long[] added) {
    int pid = KEY.getInt(key, "tgid");
    return new Asked(
        pid,
        USE.getInt(value, "inside"),
        pid == 0 ? "[interrupts]" : Texts.of(value.asSlice(USE.offset("comm"), COMM_BYTES)),
        KEY.getInt(key, "order"),
        KEY.getInt(key, "gfp"),
        KEY.getLong(key, "stack"),
        added[0],
        added[1],
        added[2],
        added[3],
        added[4],
        added[5],
        longest.of(value, USE.offset("longest")));
  }

  @Override
  public Findings take() {
    stacks.begin();
    List<List<Object>> rows =
        since().stream()
            .limit(options.most)
            .map(asked -> asked.row(stacks.cell(asked.stack())))
            .toList();
    stacks.end();
    return new Rows(stacks.columns(COLUMNS), rows, true);
  }

  @Override
  public Tally tally() {
    return attachment.tally(uses.totals()[0]);
  }

  @Override
  public void close() {
    stacks.close();
    uses.close();
    attachment.close();
  }
}
