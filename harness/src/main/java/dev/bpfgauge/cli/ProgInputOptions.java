package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.prog.GivenInputs;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** What {@code prog} runs programs on, and what their maps and variables hold. */
final class ProgInputOptions {
  private static final int MOST_FRAMES = 256;

  @Option(
      names = "--packet",
      paramLabel = "PACKET",
      split = ",",
      description =
          "What network programs are run on: tcp-syn, tcp-data, udp, icmp, ipv6, vlan, fragment."
              + " Default: all, where no other packets are given.")
  List<String> packets = List.of();

  @Option(
      names = "--pcap",
      paramLabel = "FILE",
      description =
          "Packets of a capture, pcap or pcapng: the first of each of its most frequent kinds"
              + " (protocols, TCP flags, length).")
  @Nullable Path pcap;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "So many packets of --pcap at most. Default: ${DEFAULT-VALUE}.",
      defaultValue = "" + GivenInputs.USUAL_FRAMES)
  int frames;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The bytes of one packet, from its Ethernet header on.")
  @Nullable Path data;

  @Option(
      names = "--ctx",
      paramLabel = "FILE",
      description =
          "The bytes of the context: a raw tracepoint's arguments, a syscall program's context,"
              + " struct bpf_sk_lookup; of the packet of --data __sk_buff or xdp_md.")
  @Nullable Path context;

  @Option(
      names = "--map",
      paramLabel = "NAME=FILE",
      description =
          "Fill a map from JSON: {key: value, …}, or [{\"key\": …, \"value\": …}, …]. Once for each"
              + " map.")
  Map<String, Path> maps = new LinkedHashMap<>();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Set a global variable before the program is loaded. Once for each.")
  Map<String, String> variables = new LinkedHashMap<>();

  @Option(
      names = "--shapes",
      paramLabel = "FILE",
      description =
          "Load and measure in each shape of this JSON: {shape: {variable: value, …}, …}; or in"
              + " that of a running program, as bpftool map dump prints its .rodata.")
  @Nullable Path shapes;

  /** Whether packets come from a file of many. */
  boolean hasCapture() {
    return pcap != null;
  }

  /** The second would take the first one's place. */
  private static void refuseTwice(CommandSpec spec, String option) {
    OptionSpec given = spec.commandLine().getParseResult().matchedOption(option);
    Set<String> names = new HashSet<>();
    for (String word : given == null ? List.<String>of() : given.originalStringValues()) {
      String name = word.split("=", 2)[0];
      if (name.isBlank()) {
        throw Refusal.option("%s needs a name in front of the =.".formatted(option));
      }
      if (!names.add(name)) {
        throw Refusal.option(
            "%s gives %s twice: give each one once.".formatted(option, Shown.name(name)));
      }
    }
  }

  /** Reads the files that are named. */
  GivenInputs read(CommandSpec spec) {
    List.of("--map", "--set").forEach(option -> refuseTwice(spec, option));
    RunOptions.check(
        spec, frames >= 1 && frames <= MOST_FRAMES, "--frames", "from 1 to " + MOST_FRAMES);
    return GivenInputs.read(
        new GivenInputs.Options(packets, pcap, frames, data, context, maps, variables, shapes));
  }
}
