package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.MOST_SUBNETS;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * {@code tcpsubnet}: bytes that are sent by TCP, by the subnet they go to
 * (bpf/tools/tcpsubnet.bpf.c).
 */
final class Tcpsubnet implements Tool {
  static final String NAME = "tcpsubnet";

  /** As in BCC: everything private, then all. */
  public static final String DEFAULT_SUBNETS =
      "127.0.0.1/32,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,0.0.0.0/0,::/0";

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet("tp_btf/sock_send_length", Set.of("on_send"), "Linux 6.3 and its BTF"),
          new HookSet(
              "fexit/tcp_sendmsg",
              Set.of("on_tcp_sendmsg"),
              "Linux 5.5 and its BTF and function tracing"));

  private final Options options;
  private final Attachment attachment;
  private long[] before = new long[MOST_SUBNETS];

  /** What bytes are shown in. */
  public enum Format {
    B(1),
    K(1024),
    M(1024 * 1024);

    private final int bytes;

    Format(int bytes) {
      this.bytes = bytes;
    }

    /** The word of a format in BCC's {@code --format}: {@code b}, {@code k} or {@code m}. */
    public static Format of(String word) {
      try {
        return valueOf(word.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw Refusal.option("--format takes b, k or m (bytes, kB, MB), not " + word + ".");
      }
    }
  }

  /**
   * What the user wishes.
   *
   * @param subnets in the order they are tried, e.g. {@code 10.0.0.0/8,::/0}
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  public record Options(String subnets, Format format, int injectNanos) {
    public Options {
      int count = Subnet.list(subnets).size();
      if (count > MOST_SUBNETS) {
        throw Refusal.usage("there are " + count + " subnets; " + MOST_SUBNETS + " is the most.");
      }
    }

    private List<Subnet> list() {
      return Subnet.list(subnets);
    }

    private void set(BpfObject object) {
      List<Subnet> subnets = list();
      object.variable("subnets").set(ValueLayout.JAVA_INT, 0, subnets.size());
      MemorySegment list = object.variable("list");
      for (int i = 0; i < subnets.size(); i++) {
        MemorySegment struct = subnets.get(i).struct();
        list.asSlice(i * struct.byteSize(), struct.byteSize()).copyFrom(struct);
      }
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  private Tcpsubnet(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  public static Tcpsubnet attach(Options options) {
    return new Tcpsubnet(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing bytes sent by TCP";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public Findings take() {
    long[] now = sum(0);
    List<Subnet> subnets = options.list();
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < subnets.size(); i++) {
      long bytes = now[i] - before[i];
      if (bytes > 0) {
        rows.add(List.of(subnets.get(i).text(), bytes / options.format.bytes, bytes));
      }
    }
    before = now;
    return new Rows(
        List.of(
            new Column("SUBNET", "subnet", -24),
            new Column("SENT(" + options.format + ")", "sent", 12),
            new Column("BYTES", "bytes", 14)),
        rows,
        true);
  }

  /**
   * Over all CPUs, by subnet.
   *
   * @param which 0 for bytes, 1 for calls
   */
  private long[] sum(int which) {
    return Places.sum(
        attachment.variable("sent"), 2 * MOST_SUBNETS, which * MOST_SUBNETS, MOST_SUBNETS);
  }

  @Override
  public Tally tally() {
    return attachment.tally(LongStream.of(sum(1)).sum());
  }

  @Override
  public void close() {
    attachment.close();
  }
}
