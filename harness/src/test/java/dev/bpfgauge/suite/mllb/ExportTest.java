package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExportTest {
  private static final int PACKET_BYTES = 64;

  private static final String PROGRAM =
      """
      #include <linux/bpf.h>
      #include "model.h"

      __s32 x[16];
      __s64 logit;
      __u32 migrate;

      __attribute__((section("xdp"), used)) int decide(void *xdp)
      {
      	logit = model_logit(x);
      	migrate = model_migrate(x);
      	return 2;
      }

      char LICENSE[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"10", "64,32"})
  void theHeaderCompilesLoadsAndGivesWhatJavaGives(String hidden) throws Exception {
    Requires.bpf();
    Model model = model(hidden);
    Files.writeString(folder.resolve("model.h"), Export.HEADER.of(model));
    Files.writeString(folder.resolve("program.c"), PROGRAM);
    compile();
    FixedNet net = model.fixed(FixedNet.Format.Q16);
    SplittableRandom random = new SplittableRandom(1);
    try (BpfObject object = BpfObject.open(folder.resolve("program.o"));
        Arena arena = Arena.ofConfined()) {
      object.load();
      MemorySegment packet = arena.allocate(PACKET_BYTES);
      for (int i = 0; i < 300; i++) {
        int[] inputs = Agreement.random(random);
        MemorySegment.copy(inputs, 0, object.variable("x"), ValueLayout.JAVA_INT, 0, inputs.length);
        object.program("decide").run(RunInput.packet(packet, 1));
        long logit = object.variable("logit").get(ValueLayout.JAVA_LONG, 0);
        assertEquals(net.logit(inputs), logit);
        assertEquals(logit > 0 ? 1 : 0, object.variable("migrate").get(ValueLayout.JAVA_INT, 0));
      }
    }
  }

  private void compile() throws IOException, InterruptedException {
    Process clang;
    try {
      clang =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "clang -g -O2 -mcpu=v3 -target bpf -Wall -Werror"
                      + " -idirafter /usr/include/$(uname -m)-linux-gnu -c program.c -o program.o")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Requires.that(false, "a shell: " + e.getMessage());
      return;
    }
    String said = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = clang.waitFor();
    Requires.that(exit != 127, "clang: " + said);
    assertEquals(0, exit, said);
  }

  @ParameterizedTest
  @EnumSource(
      value = Export.class,
      names = {"Q16", "Q11", "INT8"})
  void jsonHasTheWholeNumbersAndWhereTheyComeFrom(Export export) {
    Model model = model("10");
    JsonNode json = Json.tree(export.of(model), "export");
    assertEquals("15-10-1", json.path("shape").asString());
    assertEquals(Feature.COUNT, json.path("inputs").size());
    assertEquals(10, json.path("layers").path(0).path("weights").size());
    assertEquals(Feature.COUNT, json.path("layers").path(0).path("weights").path(9).size());
    assertEquals(
        model.data().files().getFirst().sha256(),
        json.path("data").path("files").path(0).path("sha256").asString());
    assertEquals(
        model.results().getFirst().metrics().accuracy(),
        json.path("results").path(0).path("metrics").path("accuracy").asDouble());
    if (export == Export.Q16) {
      long weight = json.path("layers").path(0).path("weights").path(3).path(1).asLong();
      assertEquals(model.fixed(FixedNet.Format.Q16).weight(0, 3, 1), weight);
    }
  }

  @Test
  void aNetworkThatBpfCannotComputeIsRefused() {
    Model model = model("70");
    Refusal refusal = assertThrows(Refusal.class, () -> Export.HEADER.of(model));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("15-70-1 is too large"),
        refusal.getMessage());
  }

  private Model model(String hidden) {
    List<Integer> units = List.of(hidden.split(",")).stream().map(Integer::valueOf).toList();
    Examples examples = MadeNets.examples(folder, 1_000, 0.05, "cpu");
    return MadeNets.train(examples, folder.resolve("model.json"), MadeNets.request(units, 2));
  }
}
