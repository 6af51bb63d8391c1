package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Programs;
import dev.bpfgauge.model.Measurement.Batches;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A load that makes the events some tools trace, as many as one process can, so that a tool without
 * overhead is never a tool without events.
 */
public enum TargetLoad {
  /** Two processes on one CPU that wake each other through pipes; an operation is a round trip. */
  SWITCH {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return program("pair", length, log);
    }
  },

  /** fio writing 4 KiB at a time past the page cache; an operation is one write. */
  DISK {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return fio(length, folder, log, "write", "--rw=randwrite", "--direct=1", "--size=64M");
    }
  },

  /** fio reading 4 KiB at a time from the page cache; an operation is one read. */
  READ {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return fio(
          length,
          folder,
          log,
          "read",
          "--rw=randread",
          "--size=4M",
          "--pre_read=1",
          "--invalidate=0");
    }
  },

  /** iperf3 sending 1 KiB at a time over the loopback; an operation is one such send. */
  SEND {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return iperf(Math.max(1, length.toSeconds()), log);
    }
  },

  /** A process that starts others, one after the other; an operation is a fork, exec and exit. */
  SPAWN {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return program("spawn", length, log);
    }
  },

  /**
   * Two threads of a process that map memory, write to each page and unmap it; an operation is such
   * a turn.
   */
  MAP {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      return program("map", length, log);
    }
  },

  /** As {@link #SWITCH}, in a control group that may use nine tenths of a CPU. */
  QUOTA {
    @Override
    Result run(Duration length, Path folder, Path log) throws InterruptedException {
      try (LimitedGroup group = LimitedGroup.make(Duration.ofMillis(9), Duration.ofMillis(10))) {
        return program("pair", length, log, group::inside);
      }
    }
  };

  private static final int SEND_BYTES = 1024;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int ATTEMPTS = 40;

  /**
   * What a load did.
   *
   * @param operations how many operations
   * @param nanos how long, in nanoseconds
   * @param each the time of single operations, in nanoseconds; absent where the load does not say
   */
  record Result(long operations, long nanos, @Nullable Batches each) {
    double nanosPerOperation() {
      return (double) nanos / operations;
    }
  }

  /**
   * Runs it.
   *
   * @param length how long; whole seconds for {@link #SEND}
   * @param folder where its files go
   * @param log where its complaints go
   * @throws Refusal where its program is missing
   * @throws IllegalStateException where it fails
   */
  abstract Result run(Duration length, Path folder, Path log) throws InterruptedException;

  /** The word in cells and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The load of that {@link #word()}.
   *
   * @throws Refusal where there is none
   */
  public static TargetLoad ofWord(String word) {
    List<String> words = Stream.of(values()).map(TargetLoad::word).toList();
    int at = words.indexOf(word);
    if (at < 0) {
      throw Refusal.option(NearestName.unknown("load", word, words));
    }
    return values()[at];
  }

  /** A C program of the jar that takes milliseconds, and prints what a {@link Result} has. */
  private static Result program(String name, Duration length, Path log)
      throws InterruptedException {
    return program(name, length, log, command -> command);
  }

  private static Result program(
      String name, Duration length, Path log, UnaryOperator<List<String>> command)
      throws InterruptedException {
    Path program = CProgram.ofThisSession(name, log).file();
    String said =
        Programs.output(
            command.apply(List.of(program.toString(), Long.toString(length.toMillis()))), log);
    String[] fields = said.strip().split(" ", -1);
    if (fields.length != 6) {
      throw new IllegalStateException(name + " said: " + said.strip());
    }
    long[] figures = Stream.of(fields).mapToLong(Long::parseLong).toArray();
    return new Result(
        figures[0],
        figures[1],
        new Batches(1, figures[0], figures[2], figures[3], figures[4], figures[5]));
  }

  private static Path file(Path folder, String direction) {
    return folder.resolve("fio-" + direction + ".dat");
  }

  /** What {@link #DISK} writes: a file, or whatever is there under that name. */
  public static Path diskFile(Path folder) {
    return file(folder, "write");
  }

  /** Deletes the files that loads keep from one run of theirs to the next. */
  public static void cleanUp(Path folder) {
    for (String direction : List.of("write", "read")) {
      try {
        Files.deleteIfExists(file(folder, direction));
      } catch (IOException e) {
        System.getLogger(TargetLoad.class.getName())
            .log(System.Logger.Level.WARNING, "a file of fio stays: {0}", e.getMessage());
      }
    }
  }

  private static Result fio(
      Duration length, Path folder, Path log, String direction, String... options)
      throws InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Programs.require("fio").toString(),
                    "--name=" + direction,
                    "--filename=" + file(folder, direction),
                    "--bs=4k",
                    "--ioengine=psync",
                    "--time_based",
                    "--runtime=" + length.toMillis() + "ms",
                    "--output-format=json"),
                Stream.of(options))
            .toList();
    String said = Programs.output(command, log);
    return parseFio(said.substring(Math.max(0, said.indexOf('{'))), direction);
  }

  /** What fio's JSON says of one direction. */
  static Result parseFio(String json, String direction) {
    JsonNode figures = Json.tree(json, "fio").path("jobs").path(0).path(direction);
    JsonNode each = figures.path("clat_ns");
    JsonNode percentile = each.path("percentile");
    long operations = figures.path("total_ios").asLong(0);
    if (operations == 0) {
      throw new IllegalStateException("fio did no " + direction);
    }
    return new Result(
        operations,
        figures.path("runtime").asLong(0) * NANOS_PER_MILLI,
        new Batches(
            1,
            operations,
            percentile.path("50.000000").asDouble(0),
            percentile.path("90.000000").asDouble(0),
            percentile.path("99.000000").asDouble(0),
            each.path("max").asDouble(0)));
  }

  private static Result iperf(long seconds, Path log) throws InterruptedException {
    String iperf = Programs.require("iperf3").toString();
    try {
      String port = Integer.toString(freePort());
      Process server =
          new ProcessBuilder(iperf, "-s", "-1", "-B", "127.0.0.1", "-p", port)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      try {
        awaitListening(port, server);
        return parseIperf(
            Programs.output(
                List.of(
                    iperf,
                    "-c",
                    "127.0.0.1",
                    "-p",
                    port,
                    "-J",
                    "-N",
                    "-l",
                    Integer.toString(SEND_BYTES),
                    "-t",
                    Long.toString(seconds)),
                log));
      } finally {
        server.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      throw new IllegalStateException("iperf3: " + e.getMessage(), e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The one connection a server with -1 takes is not to be wasted: the kernel's table is asked. */
  private static void awaitListening(String port, Process server)
      throws IOException, InterruptedException {
    String listening = String.format(Locale.ROOT, ":%04X 00000000:0000 0A", Integer.valueOf(port));
    for (int i = 0; i < ATTEMPTS && server.isAlive(); i++) {
      if (ForeignText.read(Path.of("/proc/net/tcp")).contains(listening)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("the iperf3 server does not listen");
  }

  /** What iperf3's JSON says of the sender. */
  static Result parseIperf(String json) {
    JsonNode sent = Json.tree(json, "iperf3").path("end").path("sum_sent");
    long operations = sent.path("bytes").asLong(0) / SEND_BYTES;
    if (operations == 0) {
      throw new IllegalStateException("iperf3 sent nothing");
    }
    return new Result(
        operations, Math.round(sent.path("seconds").asDouble(0) * NANOS_PER_SECOND), null);
  }

  /** Whether one of some tools, ours or libbpf-tools' by name, traces what this load does. */
  boolean isTracedBy(List<String> tools) {
    return ToolSpec.every().stream()
        .filter(tool -> tool.load() == this)
        .flatMap(tool -> Stream.concat(Stream.of(tool.name()), peer(tool)))
        .anyMatch(tools::contains);
  }

  private static Stream<String> peer(ToolSpec tool) {
    return tool.peer().stream().map(ToolSpec.Peer::name);
  }
}
