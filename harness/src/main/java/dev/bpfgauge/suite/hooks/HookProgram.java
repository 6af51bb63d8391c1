package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.RingBuffer;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The program of one cell in the kernel: bpf/hooks/hooks.bpf.c with its body, and its counters. */
final class HookProgram implements AutoCloseable {
  /** Compiled from bpf/hooks/hooks.bpf.c. */
  static final String OBJECT = "hooks/hooks";

  /** Tells a thread its number. */
  static final String OWNER = "hooks/owner";

  /** {@code struct run_count}. */
  static final StructLayout RUN_COUNT =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_LONG.withName("runs"),
              ValueLayout.JAVA_LONG.withName("failed"),
              MemoryLayout.sequenceLayout(6, ValueLayout.JAVA_LONG).withName("pad"))
          .withName("run_count");

  private static final List<String> GLOBALS = List.of(".rodata", ".bss");
  private static final int LATE_TRIES = 100;

  private final BpfObject object;
  private final BpfProgram program;
  private final Body body;
  private final List<String> maps;
  private final long loadNanos;
  private final @Nullable RingBuffer ring;

  private HookProgram(
      BpfObject object,
      BpfProgram program,
      Body body,
      List<String> maps,
      long loadNanos,
      @Nullable RingBuffer ring) {
    this.object = object;
    this.program = program;
    this.body = body;
    this.maps = maps;
    this.loadNanos = loadNanos;
    this.ring = ring;
  }

  /**
   * Loads the hook's program with that body. Where it asks whose run it is, only those in the
   * calling thread count.
   *
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel refuses map or program
   */
  static HookProgram load(Hook hook, Body body) {
    BpfObject object = BpfObject.builtIn(OBJECT);
    try {
      object.variable("body").set(ValueLayout.JAVA_INT, 0, body.bits());
      if (hook.asksWhose() && body.counts()) {
        object.variable("owner").set(ValueLayout.JAVA_INT, 0, thisThread());
      }
      List<String> maps =
          Stream.of(body.maps(), hook.maps(), GLOBALS).flatMap(List::stream).toList();
      object.mapNames().stream()
          .filter(map -> !map.contains(".") && !maps.contains(map)) // with a dot: global data
          .forEach(object::leaveOut);
      BpfProgram program = object.program(hook.program());
      program.setAutoload(true);
      long start = System.nanoTime();
      object.load();
      long loadNanos = System.nanoTime() - start;
      RingBuffer ring =
          body.maps().contains("events")
              ? RingBuffer.open(object.map("events"), record -> {})
              : null;
      return new HookProgram(object, program, body, maps, loadNanos, ring);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** The calling thread's number as programs see it. */
  private static int thisThread() {
    try (BpfObject object = BpfObject.builtIn(OWNER)) {
      object.load();
      object.program("tell").run(new RunInput(null, null, null, 1));
      return object.variable("owner").get(ValueLayout.JAVA_INT, 0);
    }
  }

  BpfProgram program() {
    return program;
  }

  /** Creating the maps and having the program checked. */
  long loadNanos() {
    return loadNanos;
  }

  /** Runs so far that it counted itself, over all CPUs. */
  long runs() {
    return sum("runs");
  }

  /** Runs so far, asked again until there are {@code expected} or a tenth of a second is over. */
  long runs(long expected) {
    long runs = runs();
    for (int i = 0; i < LATE_TRIES && runs < expected; i++) {
      try {
        TimeUnit.MILLISECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return runs;
      }
      runs = runs();
    }
    return runs;
  }

  private long sum(String field) {
    long offset = RUN_COUNT.byteOffset(PathElement.groupElement(field));
    MemorySegment counts = object.variable("counts");
    long sum = 0;
    for (long at = offset; at < counts.byteSize(); at += RUN_COUNT.byteSize()) {
      sum += counts.get(ValueLayout.JAVA_LONG, at);
    }
    return sum;
  }

  /** Empties the ring buffer, and makes sure that the kernel took every update and record. */
  void drain() {
    if (ring != null) {
      ring.consume();
    }
    long failed = sum("failed");
    if (failed != 0) {
      throw new IllegalStateException(
          "the kernel refused %d updates or records of %s".formatted(failed, body.word()));
    }
  }

  /** Kernel memory that the program holds, in bytes. */
  long programBytes() {
    return lockedBytes(program.fd());
  }

  /** Kernel memory that its maps hold, global data included, in bytes. */
  long mapBytes() {
    return maps.stream().mapToLong(map -> lockedBytes(object.map(map).fd())).sum();
  }

  private static long lockedBytes(int fd) {
    try {
      return ForeignText.readLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
          .filter(line -> line.startsWith("memlock:"))
          .mapToLong(line -> Long.parseLong(line.substring("memlock:".length()).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read what descriptor " + fd + " holds", e);
    }
  }

  @Override
  public void close() {
    if (ring != null) {
      ring.close();
    }
    object.close();
  }
}
