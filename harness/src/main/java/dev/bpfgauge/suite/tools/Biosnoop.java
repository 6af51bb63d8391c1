package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.COMM_BYTES;
import static dev.bpfgauge.suite.tools.Structs.IO;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** {@code biosnoop}: a row for each block request, as it completes (bpf/tools/biosnoop.bpf.c). */
final class Biosnoop implements Tool {
  static final String NAME = "biosnoop";

  private static final String NEEDS = "Linux 5.12 and its BTF";
  private static final Set<String> WITHOUT_START =
      Set.of("on_insert", "on_issue", "on_requeue", "on_merge", "on_complete");
  private static final Set<String> WITH_START =
      Set.of("on_start", "on_insert", "on_issue", "on_requeue", "on_merge", "on_complete");

  /** The second way names a task later than the first: at the request's queue, not at its start. */
  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "raw_tp/block_io_start, block_rq_insert, block_rq_issue, block_rq_complete",
              WITH_START,
              "Linux 6.5 and its BTF"),
          new HookSet(
              "raw_tp/block_rq_insert, block_rq_issue, block_rq_complete", WITHOUT_START, NEEDS));

  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final long NOT_QUEUED = -1;

  /** The program wakes nobody before the buffer fills. */
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(100);

  private final Options options;
  private final Attachment attachment;
  private final MappedRing ring;
  private final Disks disks = Disks.read();
  private final List<Column> columns;
  private final long startedAt;
  private boolean headed = true;

  /**
   * What the user wishes.
   *
   * @param queued shows the time in a queue before the device
   * @param disk only this one; empty for all
   * @param pid only requests of this process; 0 for all
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  public record Options(boolean queued, String disk, int pid, int injectNanos) {
    public Options {
      Processes.require(pid);
    }

    private void set(BpfObject object) {
      BlockRequests.limit(object, disk);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  private Biosnoop(Options options, long startedAt, Attachment attachment) {
    this.options = options;
    this.startedAt = startedAt;
    this.attachment = attachment;
    this.ring = MappedRing.open(attachment.map("rows"));
    List<Column> all = new ArrayList<>();
    all.add(new Column("TIME(s)", "time_s", -11, 6));
    all.add(new Column("COMM", "comm", -14));
    all.add(new Column("PID", "pid", -7));
    all.add(new Column("DISK", "disk", -9));
    all.add(new Column("T", "type", -1));
    all.add(new Column("SECTOR", "sector", -10));
    all.add(new Column("BYTES", "bytes", -7));
    if (options.queued) {
      all.add(new Column("QUE(ms)", "queued_ms", 8, 3));
    }
    all.add(new Column("LAT(ms)", "latency_ms", 8, 3));
    this.columns = all;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it, or there is no such disk
   *     or process
   */
  public static Biosnoop attach(Options options) {
    long startedAt =
        KernelClock.nanos(); // before the first event, so that no row's time is negative
    Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
    try {
      return new Biosnoop(options, startedAt, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Tracing block device I/O, a row for each request";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      Duration wait = Duration.ofNanos(Math.min(left, BETWEEN_READINGS.toNanos()));
      ring.await(wait);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Findings rows = take();
      if (!rows.isEmpty()) {
        live.accept(rows);
      }
    }
  }

  @Override
  public Findings take() {
    List<List<Object>> rows = new ArrayList<>();
    ring.consume((data, offset, _) -> rows.add(row(data, offset)));
    boolean first = headed && !rows.isEmpty();
    headed &= !first;
    return new Rows(columns, rows, first);
  }

  private List<Object> row(MemorySegment data, long at) {
    List<Object> row = new ArrayList<>(columns.size());
    MemorySegment io = data.asSlice(at, IO.size());
    row.add(Decimal.seconds(IO.getLong(io, "ended") - startedAt));
    row.add(Texts.of(io.asSlice(IO.offset("comm"), COMM_BYTES)));
    row.add(IO.getInt(io, "tgid"));
    row.add(disks.name(IO.getInt(io, "disk")));
    row.add(BlockRequests.letter(IO.getInt(io, "flags")));
    row.add(Math.max(0, IO.getLong(io, "sector"))); // -1 is none, as of a flush
    row.add(IO.getInt(io, "bytes"));
    if (options.queued) {
      long queued = IO.getLong(io, "queued");
      row.add(Decimal.millis(queued == NOT_QUEUED ? 0 : queued));
    }
    row.add(Decimal.millis(IO.getLong(io, "latency")));
    return row;
  }

  @Override
  public Tally tally() {
    long seen = Places.sum(attachment.variable("written"), LONGS_BETWEEN_CPUS, 0, 1)[0];
    return attachment.tally(seen);
  }

  @Override
  public void close() {
    ring.close();
    attachment.close();
  }
}
