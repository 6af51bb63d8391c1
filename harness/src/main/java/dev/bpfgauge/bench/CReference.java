package dev.bpfgauge.bench;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The same loop in C, compiled on this machine when it is first needed: what a map call costs
 * without a JVM. The program is {@code c/reference.c} in the jar.
 */
final class CReference implements AutoCloseable {
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static @Nullable CReference ofThisSession;

  private final Path folder;
  private final Path program;

  private CReference(Path folder, Path program) {
    this.folder = folder;
    this.program = program;
  }

  /**
   * The program of this JVM, compiled at the first call and deleted when the JVM ends.
   *
   * @throws Refusal where there is no C compiler, or it fails
   */
  static synchronized CReference ofThisSession(Path log) {
    CReference compiled = ofThisSession;
    if (compiled == null) {
      compiled = compile(log, COMPILERS);
      ofThisSession = compiled;
      Runtime.getRuntime().addShutdownHook(new Thread(compiled::close));
    }
    return compiled;
  }

  /** Compiles it into a temporary folder, as {@link #compile(Path, List, List)} does. */
  static CReference compile(Path log, List<String> compilers) {
    return compile(log, compilers, List.of("-pthread"));
  }

  /**
   * The same loop as a shared library, in a temporary folder.
   *
   * @throws Refusal where there is no C compiler, or it fails
   */
  static CReference library(Path log) {
    return compile(log, COMPILERS, List.of("-shared", "-fPIC", "-pthread"));
  }

  /** What was compiled, until {@link #close}. */
  Path file() {
    return program;
  }

  /**
   * Compiles it into a temporary folder.
   *
   * @param log where the compiler's output goes
   * @param compilers commands to try, in this order
   * @param options what the result is
   * @throws Refusal where there is none of them, or it fails
   */
  private static CReference compile(Path log, List<String> compilers, List<String> options) {
    try {
      Path folder = Files.createTempDirectory("bpfgauge-c");
      Path source = folder.resolve("reference.c");
      Path program = folder.resolve("reference");
      try (InputStream in = CReference.class.getResourceAsStream("/c/reference.c")) {
        Files.copy(Objects.requireNonNull(in, "c/reference.c is in the jar"), source);
      }
      CReference reference = new CReference(folder, program);
      reference.compileWith(compilers, options, source, log);
      return reference;
    } catch (IOException e) {
      throw new UncheckedIOException("the C runner cannot be written to a temporary folder", e);
    }
  }

  private void compileWith(List<String> compilers, List<String> options, Path source, Path log) {
    for (String compiler : compilers) {
      List<String> command = new ArrayList<>(List.of(compiler, "-O2"));
      command.addAll(options);
      command.addAll(List.of("-o", program.toString(), source.toString(), "-ldl"));
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        if (waitFor(process) == 0) {
          return;
        }
        close();
        throw Refusal.environment(
            compiler
                + " does not compile the C runner, see "
                + log.getFileName()
                + "; it needs the C library's headers: apt install libc6-dev linux-libc-dev");
      } catch (IOException e) {
        // Not this one: the next may be there.
      }
    }
    close();
    throw Refusal.environment("no C compiler: apt install gcc libc6-dev");
  }

  /** Measures one cell in a process of its own. */
  Outcome run(MapCell cell, Settings settings) {
    try {
      Process process =
          new ProcessBuilder(command(cell, settings))
              .redirectError(ProcessBuilder.Redirect.appendTo(settings.log().toFile()))
              .start();
      return outcome(cell, settings, process);
    } catch (IOException e) {
      return new Outcome.Failed("the C runner does not start: " + e.getMessage());
    }
  }

  private static Outcome outcome(MapCell cell, Settings settings, Process process)
      throws IOException {
    try {
      int[] filled = IntStream.range(0, cell.filled()).toArray();
      writeKeys(
          process.getOutputStream(), filled, MapLoop.sequence(cell, filled, 0, settings.seed()));
      int status = waitFor(process);
      if (Thread.currentThread().isInterrupted()) {
        return new Outcome.Failed("interrupted");
      }
      String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      append(settings.log(), line);
      return status == 0
          ? new Outcome.Measured(parse(line), null)
          : new Outcome.Failed(
              ForkDeath.ofExitCode(status, ForkDeath.lastWords(Files.readString(settings.log()))));
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(MapCell cell, Settings settings) {
    int cpus = cell.kind().perCpu() ? BpfMap.possibleCpus() : 1;
    return List.of(
        program.toString(),
        cell.operation().word(),
        cell.path().word(),
        Integer.toString(cell.kind().type()),
        Integer.toString(cell.mapFlags()),
        Integer.toString(cell.keyBytes()),
        Integer.toString(cell.valueBytes()),
        Integer.toString(cpus),
        Long.toString(cell.entries()),
        Integer.toString(cell.timedTogether()),
        Integer.toString(settings.warmupMillis()),
        Integer.toString(settings.measureMillis()),
        Integer.toString(settings.measureIterations()),
        cell.runtime() == LoopRuntime.C_THREAD ? "1" : "0");
  }

  private static void writeKeys(OutputStream stdin, int[] filled, int[] sequence)
      throws IOException {
    try (stdin) {
      ByteBuffer words =
          ByteBuffer.allocate(Integer.BYTES * (2 + filled.length + sequence.length))
              .order(ByteOrder.nativeOrder());
      words.putInt(filled.length).putInt(sequence.length);
      words.asIntBuffer().put(filled).put(sequence);
      stdin.write(words.array());
    } catch (IOException e) {
      // It died before it read all of them; its exit code says why.
    }
  }

  /** Waits to the end; an interrupt ends the process. */
  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private static void append(Path log, String line) throws IOException {
    Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Reads the program's line.
   *
   * @throws IllegalArgumentException where it is not what {@code reference.c} prints
   */
  static Measurement parse(String line) {
    try {
      JsonNode json = JSON.readTree(line);
      List<Double> iterations = new ArrayList<>();
      json.required("iterations").forEach(one -> iterations.add(one.asDouble()));
      return new Measurement(
          number(json, "mean"),
          iterations,
          new Measurement.Batches(
              (int) number(json, "batch"),
              (long) number(json, "batches"),
              number(json, "p50"),
              number(json, "p90"),
              number(json, "p99"),
              number(json, "max")),
          (long) number(json, "operations"),
          null,
          null);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalArgumentException("not a result of the C runner: " + line.strip(), e);
    }
  }

  private static double number(JsonNode json, String name) {
    JsonNode value = json.required(name);
    if (!value.isNumber()) {
      throw new IllegalArgumentException(name + " is not a number");
    }
    return value.doubleValue();
  }

  /** Deletes the program. */
  @Override
  public void close() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // A folder in the system's temporary folder stays; there is nobody left to tell.
    }
  }
}
