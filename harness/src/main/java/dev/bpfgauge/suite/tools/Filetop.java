package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.FILE_KEY;
import static dev.bpfgauge.suite.tools.Structs.FILE_USE;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * {@code filetop}: which files are read and written most, and by which thread
 * (bpf/tools/filetop.bpf.c). What the calls returned counts, not what they asked for.
 */
final class Filetop implements Tool {
  static final String NAME = "filetop";

  static final HookSet BY_FUNCTIONS =
      new HookSet(
          "fexit/vfs_read, vfs_write",
          Set.of("on_vfs_read", "on_vfs_write"),
          "Linux 5.14 and its BTF and function tracing");
  static final HookSet BY_CALLS =
      new HookSet("tp_btf/sys_exit", Set.of("on_sys_exit"), "Linux 5.14 and its BTF");

  private static final List<Column> COLUMNS =
      List.of(
          new Column("TID", "tid", -7),
          new Column("COMM", "comm", -16),
          new Column("READS", "reads", -6),
          new Column("WRITES", "writes", -6),
          new Column("R_Kb", "read_kb", -7),
          new Column("W_Kb", "written_kb", -7),
          new Column("T", "type", -1),
          new Column("FILE", "file", -1));

  private static final int COUNTERS = 4;
  private static final int KILO = 1024;
  private static final int S_IFREG = 0100000;
  private static final int S_IFSOCK = 0140000;

  private final Options options;
  private final Attachment attachment;
  private final CountedElements files;

  /** What the first row has most of. */
  public enum Sort {
    ALL,
    READS,
    WRITES,
    RBYTES,
    WBYTES
  }

  /**
   * What the user wishes.
   *
   * @param allTypes also sockets, pipes, devices
   * @param pid only this process; 0 for all
   * @param most rows shown
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  public record Options(boolean allTypes, int pid, Sort sort, int most, int injectNanos) {
    public Options {
      Processes.require(pid);
      if (most < 1) {
        throw Refusal.option("--maxrows wants a whole number from 1, not " + most + ".");
      }
    }

    private void set(BpfObject object) {
      object.variable("all_types").set(ValueLayout.JAVA_BOOLEAN, 0, allTypes);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /** A file's use by one thread since the reading before. */
  private record Use(
      int tid,
      String comm,
      long reads,
      long writes,
      long readBytes,
      long writtenBytes,
      int type,
      String name) {

    List<Object> row() {
      String letter = type == S_IFREG ? "R" : type == S_IFSOCK ? "S" : "O";
      return List.of(
          tid, comm, reads(), writes(), readBytes() / KILO, writtenBytes() / KILO, letter, name);
    }
  }

  private Filetop(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.files = new CountedElements(attachment.map("files"), COUNTERS);
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  public static Filetop attach(Options options) {
    return attach(options, List.of(BY_FUNCTIONS, BY_CALLS));
  }

  /** Attaches it by the first of these ways that this kernel takes. */
  static Filetop attach(Options options, List<HookSet> ways) {
    return new Filetop(options, Attachment.of(NAME, ways, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing reads and writes of files";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public Findings take() {
    List<Use> uses = new ArrayList<>();
    files.takeChanges((key, value, added) -> uses.add(use(key, value, added)));
    uses.sort(order().reversed());
    return new Rows(COLUMNS, uses.stream().limit(options.most).map(Use::row).toList(), true);
  }

  private static Use use(MemorySegment key, MemorySegment value, long[] added) {
    return new Use(
        FILE_KEY.getInt(key, "tid"),
        text(value, "comm"),
        added[0],
        added[1],
        added[2],
        added[3],
        FILE_USE.getInt(value, "type"),
        text(value, "name"));
  }

  private static String text(MemorySegment use, String field) {
    CStruct.Field at = Objects.requireNonNull(FILE_USE.fields().get(field));
    return Texts.of(use.asSlice(at.offset(), at.size()));
  }

  private Comparator<Use> order() {
    return switch (options.sort) {
      case ALL ->
          Comparator.comparingLong(
              use -> use.reads() + use.writes() + use.readBytes() + use.writtenBytes());
      case READS -> Comparator.comparingLong(Use::reads);
      case WRITES -> Comparator.comparingLong(Use::writes);
      case RBYTES -> Comparator.comparingLong(Use::readBytes);
      case WBYTES -> Comparator.comparingLong(Use::writtenBytes);
    };
  }

  /** The word of an order in BCC's {@code --sort}. */
  public static Sort sort(String word) {
    try {
      return Sort.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Refusal.option("--sort takes all, reads, writes, rbytes or wbytes, not " + word + ".");
    }
  }

  @Override
  public Tally tally() {
    long[] totals = files.totals();
    return attachment.tally(totals[0] + totals[1]);
  }

  @Override
  public void close() {
    files.close();
    attachment.close();
  }
}
