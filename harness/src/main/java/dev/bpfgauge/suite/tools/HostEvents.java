package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a tool's events are on a host that the tool is not attached to, and who counts them there:
 * the kernel where it does so anyway, else a program of one addition (bpf/tools/counter.bpf.c).
 */
public enum HostEvents {
  SWITCHES("context switches") {
    @Override
    Counter open() {
      return new SwitchCounter(Path.of("/proc/stat"));
    }
  },

  REQUESTS("block requests") {
    @Override
    Counter open() {
      return new RequestCounter(Path.of("/proc/diskstats"), Path.of("/sys/block"));
    }
  },

  FILE_CALLS("reads and writes") {
    @Override
    Counter open() {
      return new ProgramCounter(
          List.of(
              new HookSet(
                  "fexit/vfs_read, vfs_write",
                  Set.of("on_vfs_read", "on_vfs_write"),
                  "Linux 5.14 and its BTF and function tracing"),
              new HookSet(BY_CALLS, Set.of("on_sys_exit"), "Linux 5.14 and its BTF")),
          "calls on sockets and pipes are counted too and cost less, so the share is at most that");
    }
  },

  SENDS("sends by TCP") {
    @Override
    Counter open() {
      return new ProgramCounter(
          List.of(
              new HookSet("tp_btf/sock_send_length", Set.of("on_send"), "Linux 6.3 and its BTF"),
              new HookSet(
                  "fexit/tcp_sendmsg",
                  Set.of("on_tcp_sendmsg"),
                  "Linux 5.5 and its BTF and function tracing")),
          "");
    }
  };

  private static final String BY_CALLS = "tp_btf/sys_exit";

  private final String words;

  HostEvents(String words) {
    this.words = words;
  }

  /** {@code context switches}. */
  public String words() {
    return words;
  }

  /**
   * Begins to count.
   *
   * @throws Refusal where nothing counts them here, with the reason
   */
  abstract Counter open();

  /** Counts until it is closed. */
  interface Counter extends AutoCloseable {
    /** Who counts, e.g. {@code /proc/stat}. */
    String source();

    /** What the count says wrong, a sentence without its full stop; empty for nothing. */
    String limit();

    /**
     * The counts so far.
     *
     * @throws Refusal where they cannot be read
     */
    Count count();

    @Override
    default void close() {}
  }

  /**
   * Counts of one moment.
   *
   * @param events that the tool would count
   * @param otherRuns how often its program would have run for none of them; 0 where it would not,
   *     or that is not counted
   */
  record Count(long events, long otherRuns) {}

  /** {@code ctxt} of proc_stat(5). */
  record SwitchCounter(Path stat) implements Counter {
    private static final String LINE = "ctxt ";

    @Override
    public String source() {
      return stat.toString();
    }

    @Override
    public String limit() {
      return "switches to and from the idle task are counted too and cost less, so the share is at"
          + " most that";
    }

    @Override
    public Count count() {
      return new Count(
          lines(stat)
              .filter(line -> line.startsWith(LINE))
              .mapToLong(line -> Long.parseLong(line.substring(LINE.length()).strip()))
              .findFirst()
              .orElseThrow(() -> Refusal.environment(stat + " has no line ctxt")),
          0);
    }
  }

  /**
   * Requests completed (Documentation/admin-guide/iostats.rst), of whole disks that have requests:
   * device mapper, MD and zram hand theirs on to such.
   */
  record RequestCounter(Path diskstats, Path disks) implements Counter {
    private static final int NAME = 2;

    /** Reads, writes, discards (Linux 4.18) and flushes (5.5). */
    private static final List<Integer> COMPLETED = List.of(3, 7, 14, 18);

    @Override
    public String source() {
      return diskstats.toString();
    }

    @Override
    public String limit() {
      List<String> uncounted = new ArrayList<>();
      for (String disk : names()) {
        Path counted = disks.resolve(disk).resolve("queue/iostats");
        if (hasRequests(disk) && Files.exists(counted) && lines(counted).anyMatch("0"::equals)) {
          uncounted.add(disk);
        }
      }
      return uncounted.isEmpty()
          ? ""
          : "not counted, for queue/iostats is 0 there: " + String.join(", ", uncounted);
    }

    private List<String> names() {
      return fields().map(fields -> fields[NAME]).toList();
    }

    private Stream<String[]> fields() {
      return lines(diskstats)
          .map(line -> line.strip().split("\\s+", -1))
          .filter(fields -> fields.length > NAME);
    }

    private boolean hasRequests(String disk) {
      return Files.isDirectory(disks.resolve(disk).resolve("mq"));
    }

    @Override
    public Count count() {
      return new Count(
          fields()
              .filter(fields -> hasRequests(fields[NAME]))
              .mapToLong(fields ->
                  COMPLETED.stream()
                      .filter(at -> at < fields.length)
                      .mapToLong(at -> Long.parseLong(fields[at]))
                      .sum())
              .sum(),
          0);
    }
  }

  /** Runs of a program at the hook that the tool takes. */
  static final class ProgramCounter implements Counter {
    private static final String OBJECT = "counter";

    /** Of its struct for each CPU: as long as a cache line, of which the first two are counts. */
    private static final int LONGS = 8;

    private final Attachment attachment;
    private final String limit;

    ProgramCounter(List<HookSet> ways, String limit) {
      attachment = Attachment.of(OBJECT, ways, _ -> {}, _ -> {});
      this.limit = limit;
    }

    @Override
    public String source() {
      return "a BPF program at " + attachment.hooks();
    }

    @Override
    public String limit() {
      return limit;
    }

    @Override
    public Count count() {
      long[] sums = Places.sum(attachment.variable("counted"), LONGS, 0, 2);
      return new Count(sums[0], attachment.hooks().equals(BY_CALLS) ? sums[1] : 0);
    }

    @Override
    public void close() {
      attachment.close();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return ForeignText.readLines(file).stream();
    } catch (IOException e) {
      throw Refusal.environment(file + " cannot be read: " + DurableFile.reason(e));
    } catch (UncheckedIOException e) {
      throw Refusal.environment(file + " cannot be read: " + DurableFile.reason(e));
    }
  }
}
