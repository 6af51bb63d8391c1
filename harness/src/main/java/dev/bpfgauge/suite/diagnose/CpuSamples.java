package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.Places;
import dev.bpfgauge.suite.tools.StackMap;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** {@code perf}: where CPU time goes, by stacks (bpf/tools/perf.bpf.c). */
final class CpuSamples implements Tool {
  static final String NAME = "perf";

  /** Of perf.h. */
  static final CStruct SAMPLED =
      CStruct.of(
          "sampled", u64("kernel"), u64("user"), u32("tgid"), u32("zero"), chars("comm", 16));

  /** Samples of each CPU in a second; no round number, so that nothing runs in step with it. */
  static final int USUAL_HZ = 99;

  private static final int MOST_HZ = 10_000;
  private static final String PROGRAM = "on_sample";
  private static final Path PROC = Path.of("/proc");
  private static final double PERCENT = 100;

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "the software event cpu-clock",
              Set.of(PROGRAM),
              "Linux 5.14, and CAP_PERFMON or root"));

  private static final int COMM_BYTES = 16;
  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Options options;
  private final Attachment attachment;
  private final CountedElements counts;
  private final StackMap stacks;
  private final Set<Integer> sampledCpus;
  private long[] before = new long[] {0, 0, 0};

  /**
   * What the user wishes.
   *
   * @param pid only this process; 0 for all
   * @param hertz samples of each CPU in a second
   * @param idle whether idle CPUs are shown too
   * @param stacks for how many stacks there is room
   * @param injectNanos deliberate delay of each sample, in nanoseconds; 0 in use
   */
  record Options(
      int pid,
      int hertz,
      boolean idle,
      Halves halves,
      int stacks,
      CountedStacks.Form form,
      int injectNanos) {

    Options {
      if (hertz < 1 || hertz > MOST_HZ) {
        throw Refusal.option(
            "--frequency is a whole number from 1 to %d, not %d.".formatted(MOST_HZ, hertz));
      }
    }

    private void set(BpfObject object) {
      StackMap.resize(object, stacks);
      object.resize("counts", stacks);
      object.variable("kernel_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves.hasKernel());
      object.variable("user_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves.hasUser());
      object.variable("idle_too").set(ValueLayout.JAVA_BOOLEAN, 0, idle);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }

    private long periodNanos() {
      return NANOS_PER_SECOND / hertz;
    }
  }

  private CpuSamples(Options options, Attachment attachment, Set<Integer> sampledCpus) {
    this.options = options;
    this.attachment = attachment;
    this.sampledCpus = sampledCpus;
    this.counts = new CountedElements(attachment.map("counts"), 1);
    this.stacks = StackMap.of(attachment);
  }

  /**
   * Attaches it to each CPU that is online.
   *
   * @throws Refusal where this kernel does not take it
   */
  static CpuSamples attach(Options options) {
    Set<Integer> cpus = new TreeSet<>();
    return new CpuSamples(
        options,
        Attachment.of(
            NAME, WAYS, options::set, object -> sample(object.program(PROGRAM), options, cpus)),
        cpus);
  }

  /** On the CPUs that are online and are not sampled yet. */
  private static void sample(BpfProgram program, Options options, Set<Integer> cpus) {
    for (int cpu : CpuTicks.read(PROC).cpus().keySet()) {
      if (!cpus.contains(cpu)) {
        try {
          program.attachCpuClock(cpu, options.periodNanos());
          cpus.add(cpu);
        } catch (BpfException e) {
          if (e.errno() != Errno.ENODEV) { // It went offline meanwhile.
            throw e;
          }
        }
      }
    }
  }

  @Override
  public String greeting() {
    return "Sampling stacks of each CPU %d times a second".formatted(options.hertz);
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public List<String> warnings() {
    return stacks.warnings(options.halves.hasKernel(), options.halves.hasUser());
  }

  @Override
  public boolean isForPrograms() {
    return options.form.folded();
  }

  @Override
  public Findings take() {
    stacks.begin();
    List<MemorySegment> keys = new ArrayList<>();
    List<Long> samples = new ArrayList<>();
    counts.takeChanges((key, _, added) -> {
      keys.add(MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE)));
      samples.add(added[0]);
    });
    String about = about();
    List<CountedStacks.Counted> found = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      found.add(counted(keys.get(i), samples.get(i)));
    }
    stacks.end();
    forgetOfflineCpus();
    sample(attachment.program(PROGRAM), options, sampledCpus);
    return new CountedStacks(about, "samples", found, options.form);
  }

  /** The kernel ends a CPU's clock with the CPU: once it is online again it needs another one. */
  private void forgetOfflineCpus() {
    sampledCpus.retainAll(CpuTicks.read(PROC).cpus().keySet());
  }

  private CountedStacks.Counted counted(MemorySegment key, long samples) {
    int tgid = SAMPLED.getInt(key, "tgid");
    return new CountedStacks.Counted(
        Texts.of(key.asSlice(SAMPLED.offset("comm"), COMM_BYTES)),
        tgid,
        stacks.kernel(SAMPLED.getLong(key, "kernel")),
        stacks.process(tgid, SAMPLED.getLong(key, "user")),
        samples);
  }

  /** What the samples of this interval were of: counted, idle, others'. */
  private String about() {
    long[] now = sums();
    long counted = now[0] - before[0];
    long idle = now[1] - before[1];
    long others = now[2] - before[2];
    before = now;
    long all = Math.max(1, counted + idle + others);
    StringBuilder text = new StringBuilder();
    text.append(percent(counted, all)).append(" of the time of ");
    text.append(sampledCpus.size()).append(" CPUs (").append(counted).append(" of ");
    text.append(counted + idle + others).append(" samples)");
    if (idle > 0) {
      text.append("; idle ").append(percent(idle, all));
    }
    if (others > 0) {
      text.append("; other processes and idle ").append(percent(others, all));
    }
    return text.append('.').toString();
  }

  private static String percent(long part, long all) {
    return String.format(Locale.ROOT, "%.1f %%", PERCENT * part / all);
  }

  /** Samples so far: counted, idle, others'. */
  long[] sums() {
    return Places.sum(attachment.variable("seen"), LONGS_BETWEEN_CPUS, 0, 3);
  }

  @Override
  public Tally tally() {
    return attachment.tally(sums()[0]);
  }

  @Override
  public void close() {
    stacks.close();
    counts.close();
    attachment.close();
  }
}
