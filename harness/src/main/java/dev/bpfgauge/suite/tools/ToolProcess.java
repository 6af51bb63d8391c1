package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.launch.Launcher;
import dev.bpfgauge.libbpf.ProcessClock;
import dev.bpfgauge.measure.AnswerChannel;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * A tool that runs in a process of its own, as users run it: ours, or one of libbpf-tools. What it
 * holds in the kernel is read from the process's descriptors, the same way for both.
 */
public final class ToolProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final int MOST_LINES = 10_000;
  private static final int MOST_SETTLING_SECONDS = 5;

  /** CPU time in a second: 2 % of one CPU. */
  private static final long SETTLED_NANOS = 20_000_000;

  private final String name;
  private final boolean ours;
  private final Process process;
  private final Path log;
  private final BlockingQueue<String> tallies = new ArrayBlockingQueue<>(MOST_LINES);

  private ToolProcess(String name, boolean ours, Process process, Path log) {
    this.name = name;
    this.ours = ours;
    this.process = process;
    this.log = log;
  }

  /** Why a tool does not run here. */
  public static final class NotStartedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotStartedException(String reason) {
      super(reason);
    }
  }

  /**
   * Starts one of our tools.
   *
   * @param injectNanos deliberate delay of each event, in nanoseconds
   * @param log where its complaints go
   */
  public static ToolProcess ours(ToolSpec tool, long injectNanos, Path log)
      throws NotStartedException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As the launcher starts it, so that it costs what users pay.
    command.addAll(Launcher.TOOL_FLAGS);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path", ""),
            "dev.bpfgauge.cli.Main",
            tool.family().word(),
            tool.name(),
            "--json",
            "--tallies"));
    command.addAll(interval(tool.output()));
    if (injectNanos > 0) {
      command.add("--inject-ns=" + injectNanos);
    }
    return start(tool.name(), true, command, log);
  }

  /** Starts one of libbpf-tools. */
  public static ToolProcess peer(ToolSpec.Peer peer, Path log)
      throws NotStartedException, InterruptedException {
    Path program =
        ToolsSuite.programs(peer).stream()
            .flatMap(word -> SearchPath.find(word).stream())
            .findFirst()
            .orElseThrow(() ->
                new NotStartedException(
                    "libbpf-tools' "
                        + peer.name()
                        + " is missing; install it: apt install libbpf-tools"));
    List<String> command = new ArrayList<>();
    // It does not watch us, as ours do.
    SearchPath.find("setpriv")
        .ifPresent(setpriv -> command.addAll(List.of(setpriv.toString(), "--pdeathsig", "KILL")));
    command.add(program.toString());
    command.addAll(peer.arguments());
    command.addAll(interval(peer.output()));
    return start(peer.name(), false, command, log);
  }

  /** Its argument, where a tool takes one. */
  private static List<String> interval(ToolSpec.Output output) {
    return output == ToolSpec.Output.EACH_SECOND ? List.of("1") : List.of();
  }

  private static ToolProcess start(String name, boolean ours, List<String> command, Path log)
      throws NotStartedException, InterruptedException {
    CompletableFuture<ToolProcess> started = new CompletableFuture<>();
    // A child with a parent-death signal dies with the thread that forked it: this one reads all it
    // prints, and so lives as long.
    Thread.ofPlatform()
        .daemon()
        .name(name + "-output")
        .start(() -> {
          try {
            Process process =
                new ProcessBuilder(ours ? AnswerChannel.beside(command) : command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            ToolProcess tool = new ToolProcess(name, ours, process, log);
            started.complete(tool);
            tool.drain();
          } catch (IOException e) {
            started.completeExceptionally(e);
          }
        });
    ToolProcess tool;
    try {
      tool = started.join();
    } catch (CompletionException e) {
      throw new NotStartedException(name + " does not start: " + e.getMessage());
    }
    try {
      tool.awaitAttached();
      return tool;
    } catch (NotStartedException | InterruptedException | RuntimeException e) {
      tool.close();
      throw e;
    }
  }

  /** The tool's name. */
  public String name() {
    return name;
  }

  private void awaitAttached() throws NotStartedException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds("link_id:") && !holds("prog_id:")) {
      if (!process.isAlive()) {
        throw new NotStartedException(
            "%s ended at once with code %d: %s"
                .formatted(name, process.exitValue(), lastComplaint()));
      }
      if (System.nanoTime() > deadline) {
        throw new NotStartedException(
            name + " attached nothing within " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(50);
    }
    settle();
    if (!process.isAlive()) {
      throw new NotStartedException(
          "%s ended with code %d: %s".formatted(name, process.exitValue(), lastComplaint()));
    }
  }

  /**
   * Waits until its other programs are attached too and its start is over, which a JVM's compilers
   * prolong: until it uses next to nothing, for a bounded time.
   */
  private void settle() throws InterruptedException {
    long before = cpuNanos();
    for (int i = 0; i < MOST_SETTLING_SECONDS && process.isAlive(); i++) {
      Thread.sleep(1_000);
      long now = cpuNanos();
      if (now - before < SETTLED_NANOS) {
        return;
      }
      before = now;
    }
  }

  private String lastComplaint() {
    try {
      return ForeignText.read(log)
          .lines()
          .filter(line -> !line.isBlank())
          .reduce((_, later) -> later)
          .orElse("it says nothing");
    } catch (IOException e) {
      return "it says nothing";
    }
  }

  private boolean holds(String field) {
    return ProcessUse.descriptors(process.pid())
        .flatMap(String::lines)
        .anyMatch(line -> line.startsWith(field));
  }

  /**
   * What it uses now.
   *
   * @throws IllegalStateException where it has ended
   */
  public ProcessUse use() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "%s ended with code %d: %s".formatted(name, process.exitValue(), lastComplaint()));
    }
    return ProcessUse.of(process.pid())
        .orElseThrow(() -> new IllegalStateException(name + " has ended: " + lastComplaint()));
  }

  private long cpuNanos() {
    return ProcessClock.cpuNanos(process.pid())
        .orElseThrow(() -> new IllegalStateException(name + " has ended: " + lastComplaint()));
  }

  /** Whether {@link #tally} can be asked. */
  public boolean tells() {
    return ours;
  }

  /**
   * What it saw and lost since it was attached.
   *
   * @throws IllegalStateException where it does not answer
   */
  public Tool.Tally tally() throws InterruptedException {
    try {
      tallies.clear();
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      String answer = tallies.poll(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        throw new IllegalStateException(name + " does not say what it saw");
      }
      JsonNode json = Json.tree(answer, name);
      return tally(json);
    } catch (IOException e) {
      throw new IllegalStateException(name + " has ended: " + lastComplaint(), e);
    }
  }

  /** What an answer says; one without its numbers is no answer. */
  static Tool.Tally tally(JsonNode answer) {
    JsonNode seen = answer.path("seen");
    JsonNode lost = answer.path("lost");
    if (!seen.isIntegralNumber() || !lost.isIntegralNumber()) {
      throw new IllegalStateException(
          "a tool's answer does not say what it saw and lost: " + answer);
    }
    JsonNode missed = answer.path("missed");
    return new Tool.Tally(
        seen.asLong(),
        lost.asLong(),
        missed.isIntegralNumber() ? OptionalLong.of(missed.asLong()) : OptionalLong.empty());
  }

  /** Reads all it prints, so that it never waits for us; keeps the answers. */
  private void drain() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (ours && line.contains("\"seen\":") && !tallies.offer(line)) {
          tallies.clear();
        }
      }
    } catch (IOException e) {
      // It was ended.
    }
  }

  /** Ends it; the kernel detaches what it had attached. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
