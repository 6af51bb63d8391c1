package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a map call stands on, one step after the other, so that the report can say which part of a
 * lookup is the map's: the benchmark loop itself, a native call that does nothing, a system call
 * that does nearly nothing, and a bpf(2) that the kernel refuses before it looks at any map.
 *
 * <p>No data. Each step is timed by JMH over a whole iteration, not in batches.
 *
 * <p>{@code java -jar harness.jar run --suite maps}: the floor is part of every run.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FloorBenchmark {
  private static final long NO_SUCH_COMMAND = -1;

  private final long bpf = SyscallNumbers.current().map(SyscallNumbers::bpf).orElse(-1L);
  private int number = -42;

  /** JMH's loop. */
  @Benchmark
  public void empty() {}

  /** {@code abs(3)} by FFM. */
  @Benchmark
  public int ffm() {
    return LibC.abs(number);
  }

  @Benchmark
  public int getppid() {
    return LibC.getppid();
  }

  /** A command bpf(2) does not know: permission and size are checked, then EINVAL. */
  @Benchmark
  public long bpfRefused() {
    return LibC.syscall(bpf, NO_SUCH_COMMAND, MemorySegment.NULL, 0);
  }
}
