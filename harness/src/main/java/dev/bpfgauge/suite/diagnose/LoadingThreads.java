package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.stacks.Symbols;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.ThreadDump;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every thread that counts to the load, with its stack: an iterator over tasks, read in this
 * thread's own time, and one sample of each CPU, for a running task's stack can be had only there.
 */
final class LoadingThreads {
  private static final int FRAMES = 127;
  private static final int COMM_BYTES = 16;

  /** Of load-monitor.h. */
  static final CStruct THREAD =
      CStruct.of(
          "loading_thread",
          u32("tid"),
          u32("tgid"),
          u32("own_number"),
          u32("blocked"),
          u32("cpu"),
          u32("on_cpu"),
          u32("kernel_thread"),
          u32("frames"),
          chars("comm", COMM_BYTES),
          u64s("frame", FRAMES));

  /** Of load-monitor.h. */
  static final CStruct SAMPLE =
      CStruct.of(
          "cpu_sample",
          u32("round"),
          u32("tid"),
          u32("tgid"),
          u32("own_number"),
          u32("kernel_thread"),
          u32("frames"),
          u32("user_frames"),
          u32("zero"),
          chars("comm", COMM_BYTES),
          u64s("frame", FRAMES),
          u64s("user_frame", FRAMES));

  private static final long SAMPLE_NANOS = 500_000;
  private static final int ROUND_MILLIS = 20;
  private static final int LOOKS = 10;

  private final Attachment attachment;
  private final Symbols symbols = new Symbols(Path.of("/proc"));

  /** Frames to names, of one dump. */
  private final Map<ByteBuffer, List<String>> named = new HashMap<>();

  private int rounds;

  /**
   * What was read at one moment.
   *
   * @param threads each a {@link #THREAD}
   * @param samples each CPU's {@link #SAMPLE}, with the thread number 0 where it was idle
   */
  record Moment(List<byte[]> threads, List<MemorySegment> samples) {
    /** Numbers of the threads that ran or waited for a CPU. */
    Set<Long> running() {
      return Stream.concat(
              threads.stream()
                  .map(MemorySegment::ofArray)
                  .filter(thread -> THREAD.getInt(thread, "blocked") == 0)
                  .map(thread -> (long) THREAD.getInt(thread, "tid")),
              samples.stream().map(sample -> (long) SAMPLE.getInt(sample, "tid")))
          .collect(Collectors.toSet());
    }
  }

  LoadingThreads(Attachment attachment) {
    this.attachment = attachment;
  }

  /** Whether functions of the kernel have names here. */
  boolean haveNames() {
    return symbols.knowsTheKernel();
  }

  /** All of them now but this thread. */
  Moment now() throws InterruptedException {
    List<byte[]> found = new ArrayList<>();
    attachment
        .program("on_task")
        .iterate(THREAD.size(), record -> found.add(record.toArray(ValueLayout.JAVA_BYTE)));
    return new Moment(found, samples());
  }

  /** With the names of their functions, which take long the first time. */
  List<ThreadDump.Dumped> named(Moment moment) {
    symbols.refresh();
    named.clear();
    Map<Integer, ThreadDump.Dumped> threads = new LinkedHashMap<>();
    for (byte[] each : moment.threads) {
      ThreadDump.Dumped thread = thread(MemorySegment.ofArray(each));
      threads.put(thread.tid(), thread);
    }
    for (int cpu = 0; cpu < moment.samples.size(); cpu++) {
      ThreadDump.Dumped onCpu = sampled(moment.samples.get(cpu), cpu);
      if (onCpu.tid() != 0) {
        threads.put(onCpu.tid(), onCpu);
      }
    }
    return List.copyOf(threads.values());
  }

  /** What was on each CPU; an element of an idle, offline or late one has the thread number 0. */
  private List<MemorySegment> samples() throws InterruptedException {
    rounds++;
    attachment.variable("sampling").set(ValueLayout.JAVA_INT, 0, rounds);
    int cpus = BpfMap.possibleCpus();
    List<BpfLink> links = new ArrayList<>();
    BpfMap map = attachment.map("samples");
    List<MemorySegment> samples = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment values = arena.allocate(map.valueStride(), Long.BYTES);
      try {
        for (int cpu = 0; cpu < cpus; cpu++) {
          try {
            links.add(attachment.program("on_sample").attachCpuClock(cpu, SAMPLE_NANOS));
          } catch (BpfException e) {
            // That CPU is offline: nothing runs on it.
          }
        }
        for (int look = 0; look < LOOKS && answered(map, key, values) < links.size(); look++) {
          TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS / LOOKS);
        }
      } finally {
        links.forEach(BpfLink::close);
      }
      map.lookup(key, values);
      for (int cpu = 0; cpu < cpus; cpu++) {
        MemorySegment sample = values.asSlice(cpu * SAMPLE.size(), SAMPLE.size());
        samples.add(
            SAMPLE.getInt(sample, "round") == rounds
                ? MemorySegment.ofArray(sample.toArray(ValueLayout.JAVA_BYTE))
                : MemorySegment.ofArray(new byte[Math.toIntExact(SAMPLE.size())]));
      }
    }
    return samples;
  }

  private long answered(BpfMap map, MemorySegment key, MemorySegment values) {
    map.lookup(key, values);
    long count = 0;
    for (long at = 0; at < values.byteSize(); at += SAMPLE.size()) {
      count += SAMPLE.getInt(values.asSlice(at, SAMPLE.size()), "round") == rounds ? 1 : 0;
    }
    return count;
  }

  private ThreadDump.Dumped thread(MemorySegment thread) {
    boolean blocked = THREAD.getInt(thread, "blocked") != 0;
    boolean onCpu = THREAD.getInt(thread, "on_cpu") != 0;
    return new ThreadDump.Dumped(
        THREAD.getInt(thread, "tid"),
        THREAD.getInt(thread, "tgid"),
        THREAD.getInt(thread, "own_number"),
        comm(THREAD, thread),
        blocked ? "D" : "R",
        THREAD.getInt(thread, "cpu"),
        blocked ? "blocked" : onCpu ? "on a CPU, and off it before its stack was read" : "waiting",
        kernel(THREAD, thread),
        List.of());
  }

  private ThreadDump.Dumped sampled(MemorySegment sample, int cpu) {
    int tgid = SAMPLE.getInt(sample, "tgid");
    long[] user = frames(SAMPLE, sample, "user_frame", "user_frames");
    return new ThreadDump.Dumped(
        SAMPLE.getInt(sample, "tid"),
        tgid,
        SAMPLE.getInt(sample, "own_number"),
        comm(SAMPLE, sample),
        "R",
        cpu,
        "on a CPU",
        kernel(SAMPLE, sample),
        user.length == 0 ? List.of() : symbols.ofProcess(tgid, user));
  }

  private static String comm(CStruct struct, MemorySegment values) {
    return Texts.of(values.asSlice(struct.offset("comm"), COMM_BYTES));
  }

  private List<String> kernel(CStruct struct, MemorySegment values) {
    long[] frames = frames(struct, values, "frame", "frames");
    ByteBuffer key = ByteBuffer.allocate(frames.length * Long.BYTES);
    key.asLongBuffer().put(frames);
    return named.computeIfAbsent(key, _ -> symbols.ofKernel(frames));
  }

  private static long[] frames(CStruct struct, MemorySegment values, String field, String count) {
    int depth = Math.min(FRAMES, struct.getInt(values, count));
    return values
        .asSlice(struct.offset(field), (long) depth * Long.BYTES)
        .toArray(ValueLayout.JAVA_LONG_UNALIGNED);
  }
}
