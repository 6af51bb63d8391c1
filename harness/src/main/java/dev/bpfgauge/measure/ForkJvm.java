package dev.bpfgauge.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the JVM of a fork is started; the same for every suite. */
public final class ForkJvm {
  /**
   * A fork lives some seconds and allocates next to nothing: a small fixed heap, the collector with
   * the fewest threads, and no file in /tmp that the JVM keeps writing to.
   */
  private static final List<String> JVM_ARGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "-Xms64m",
          "-Xmx64m",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          // The same text whatever the user's country; see AnswerChannel for the other children.
          "-Duser.language=en",
          "-Duser.country=US",
          // JMH 1.37 uses sun.misc.Unsafe; the JVM need not warn of it in every fork.
          "--sun-misc-unsafe-memory-access=allow");

  private ForkJvm() {}

  /** The arguments of a fork's JVM. */
  public static List<String> arguments(Settings settings) {
    List<String> args = new ArrayList<>(JVM_ARGS);
    Path crash = settings.log().resolveSibling(settings.log().getFileName() + ".crash");
    args.add("-XX:ErrorFile=" + crash);
    Optional.ofNullable(System.getProperty("bpfgauge.libbpf"))
        .ifPresent(library -> args.add("-Dbpfgauge.libbpf=" + library));
    args.addAll(settings.jvmArgs());
    return args;
  }
}
