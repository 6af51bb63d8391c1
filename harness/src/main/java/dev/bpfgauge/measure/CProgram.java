package dev.bpfgauge.measure;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Exhaustion;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A C program of the jar ({@code c/NAME.c}), compiled on this machine when it is first needed. What
 * it prints is its result; exit code {@value #REFUSED} says that this machine cannot do what is
 * asked.
 */
public final class CProgram implements AutoCloseable {
  static final int REFUSED = 3;

  /** Characters of a result that the log keeps: it may hold thousands of times. */
  private static final int MOST_LOGGED = 500;

  /** Names a folder of programs that are compiled already, as guests of the lab have it. */
  private static final String COMPILED = "bpfgauge.compiled";

  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
  private static final Map<String, CProgram> OF_THIS_SESSION = new HashMap<>();

  private final Path folder;
  private final Path program;

  private CProgram(Path folder, String name) {
    this.folder = folder;
    this.program = folder.resolve(name);
  }

  /**
   * The program of this JVM, compiled at the first call and deleted when the JVM ends.
   *
   * @param log where the compiler's output goes
   * @throws Refusal where there is no C compiler, or it fails
   */
  public static CProgram ofThisSession(String name, Path log) {
    Path before = Path.of(System.getProperty(COMPILED, "."));
    return !System.getProperty(COMPILED, "").isEmpty() && Files.isExecutable(before.resolve(name))
        ? new CProgram(before, name)
        : ofThisSession(name, () -> compile(name, log, COMPILERS));
  }

  /** The same as a shared library. */
  public static CProgram libraryOfThisSession(String name, Path log) {
    return ofThisSession(name + ", a library", () -> library(name, log));
  }

  private static CProgram ofThisSession(String key, Supplier<CProgram> compile) {
    synchronized (OF_THIS_SESSION) {
      CProgram known = OF_THIS_SESSION.get(key);
      if (known != null) {
        return known;
      }
      CProgram compiled = compile.get();
      OF_THIS_SESSION.put(key, compiled);
      Runtime.getRuntime().addShutdownHook(new Thread(compiled::close));
      return compiled;
    }
  }

  /**
   * Compiles it into a temporary folder.
   *
   * @param compilers commands to try, in this order
   * @throws Refusal where there is none of them, or it fails
   */
  public static CProgram compile(String name, Path log, List<String> compilers) {
    return compile(name, log, compilers, List.of("-pthread"));
  }

  /**
   * The same as a shared library.
   *
   * @throws Refusal where there is no C compiler, or it fails
   */
  public static CProgram library(String name, Path log) {
    return compile(name, log, COMPILERS, List.of("-shared", "-fPIC", "-pthread"));
  }

  /** What was compiled, until {@link #close}. */
  public Path file() {
    return program;
  }

  private static CProgram compile(
      String name, Path log, List<String> compilers, List<String> options) {
    try {
      Path folder = Scratch.newFolder("c-");
      Path source = folder.resolve(name + ".c");
      try (InputStream in = CProgram.class.getResourceAsStream("/c/" + name + ".c")) {
        Files.copy(Objects.requireNonNull(in, "c/" + name + ".c is in the jar"), source);
      }
      CProgram compiled = new CProgram(folder, name);
      compiled.compileWith(compilers, options, source, log);
      return compiled;
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT, "the C runner cannot be written: " + e.getMessage(), e);
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
        Optional<String> exhausted = Exhaustion.of(e);
        if (exhausted.isPresent()) {
          close();
          throw Refusal.environment(compiler + " does not start: " + exhausted.get());
        }
        // Not this one: the next may be there.
      }
    }
    close();
    throw Refusal.environment("no C compiler: apt install gcc libc6-dev");
  }

  /**
   * Runs it once; no process of it is left.
   *
   * @param stdin what it reads
   * @param parse makes an outcome of what it printed; what it throws is a fork that failed
   */
  public Outcome run(
      List<String> arguments, byte[] stdin, Settings settings, Function<String, Outcome> parse) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile(folder, "output", "");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(settings.log().toFile()))
                .start();
        return outcome(process, stdin, output, settings.log(), parse);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return new Outcome.Failed("the C runner does not start: " + e.getMessage());
    }
  }

  private static Outcome outcome(
      Process process, byte[] stdin, Path output, Path log, Function<String, Outcome> parse)
      throws IOException {
    try {
      write(process.getOutputStream(), stdin);
      int status = waitFor(process);
      if (Thread.currentThread().isInterrupted()) {
        return new Outcome.Failed("interrupted");
      }
      String said = ForkDeath.lastWords(ForeignText.read(log));
      return switch (status) {
        case 0 -> parsed(ForeignText.read(output), log, parse);
        case REFUSED -> new Outcome.Unavailable(said);
        default -> new Outcome.Failed(ForkDeath.ofExitCode(status, said));
      };
    } finally {
      process.destroyForcibly();
    }
  }

  private static Outcome parsed(String line, Path log, Function<String, Outcome> parse)
      throws IOException {
    String logged = line.length() > MOST_LOGGED ? line.substring(0, MOST_LOGGED) + "…\n" : line;
    Files.writeString(log, logged, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try {
      return parse.apply(line);
    } catch (IllegalArgumentException | IllegalStateException | Refusal e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  private static void write(OutputStream stdin, byte[] bytes) {
    try (stdin) {
      stdin.write(bytes);
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
