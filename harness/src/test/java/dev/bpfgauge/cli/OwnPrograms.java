package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Programs for {@code prog}, what they are given, and the rows of its runs. */
final class OwnPrograms {
  static final String COUNTER =
      """
      struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 256); __type(key, int);
        __type(value, long); } counts SEC(".maps");
      SEC("xdp") int filter(struct xdp_md *c) {
        unsigned char *data = (void *)(long)c->data, *end = (void *)(long)c->data_end;
        if (data + 34 > end) return XDP_DROP;
        %s
        int key = data[23];
        long *count = bpf_map_lookup_elem(&counts, &key);
        if (count) *count += 1;
        return XDP_PASS;
      }
      """;

  /** Five instructions of BPF, and of each machine it is compiled for. */
  static final String DEARER =
      "asm volatile(\"r0 += 1; r0 ^= 3; r0 += 7; r0 ^= 5; r0 += 9;\" ::: \"r0\");";

  /** A program whose path is its map's, its variable's and its packet's. */
  static final String GIVEN =
      """
      const volatile int limit = 1;
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, int);
        __type(value, int); } answers SEC(".maps");
      SEC("xdp") int filter(struct xdp_md *c) {
        int key = c->data_end - c->data;
        int *answer = bpf_map_lookup_elem(&answers, &key);
        return (answer ? *answer : 0) + limit;
      }
      SEC("raw_tp/sys_enter") int reads(struct bpf_raw_tracepoint_args *c) {
        return c->args[0] + limit;
      }
      """;

  /** Options that give it a map, a variable and shapes, and more. */
  static List<String> given(Path folder, String answers, String... more) throws IOException {
    String shapes = "{\"small\": {}, \"large\": {\"limit\": 50}}";
    List<String> given =
        new ArrayList<>(
            List.of(
                "--map",
                "answers=" + Files.writeString(folder.resolve("x.json"), answers),
                "--shapes",
                Files.writeString(folder.resolve("s.json"), shapes).toString(),
                "--set",
                "limit=2",
                "--program",
                "filter,reads"));
    given.addAll(List.of(more));
    return given;
  }

  static String file(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }

  private static byte[] packet(int bytes) {
    return Arrays.copyOf(new byte[] {2, 0, 0, 0, 0, 2, 2}, bytes);
  }

  /** A capture of one frame of 77 bytes. */
  static String capture(Path folder) throws IOException {
    byte[] packet = packet(77);
    ByteBuffer capture = ByteBuffer.allocate(40 + packet.length).order(ByteOrder.LITTLE_ENDIAN);
    capture.putInt(0xa1b2c3d4).putInt(0x40002).putLong(0).putInt(262144).putInt(1);
    capture.putLong(0).putInt(packet.length).putInt(packet.length).put(packet);
    return file(folder, "x.pcap", capture.array());
  }

  static Jar.Ended prog(Jar jar, List<String> first, List<String> given) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("prog"));
    arguments.addAll(first);
    arguments.addAll(given);
    return jar.run(arguments.toArray(String[]::new));
  }

  static double returned(RunData run, String input, String shape, String arm) {
    ForkRecord row =
        run.forks().stream()
            .filter(fork -> fork.cell().param("input").equals(input))
            .filter(fork -> fork.cell().param("variant").equals(shape))
            .filter(fork -> fork.cell().profile().equals(arm))
            .findFirst()
            .orElseThrow();
    assertEquals(ForkStatus.OK, row.status(), row.reason());
    return Objects.requireNonNull(Objects.requireNonNull(row.measurement()).extras())
        .getOrDefault("returned", -1.0);
  }

  static final String ANSWERS = "{\"77\": 30, \"99\": 40}";

  static double mean(RunData run, String packet, String arm) {
    return run.forks().stream()
        .filter(fork -> fork.cell().param("input").equals(packet))
        .filter(fork -> fork.cell().profile().equals(arm))
        .map(ForkRecord::measurement)
        .filter(Objects::nonNull)
        .mapToDouble(Measurement::meanNanosPerOp)
        .average()
        .orElseThrow();
  }

  static ForkRecord row(RunData run, String benchmark, String program, String arm) {
    return run.forks().stream()
        .filter(fork -> fork.cell().benchmark().equals(benchmark))
        .filter(fork -> fork.cell().param("function").equals(program))
        .filter(fork -> fork.cell().profile().equals(arm))
        .findFirst()
        .orElseThrow();
  }

  static Measurement measured(RunData run, String benchmark, String program, String arm) {
    ForkRecord row = row(run, benchmark, program, arm);
    assertEquals(ForkStatus.OK, row.status(), row.reason());
    return Objects.requireNonNull(row.measurement());
  }

  private OwnPrograms() {}
}
