package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.suite.mllb.MadeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code mllb train}, {@code export} and {@code eval} as a user starts them. */
class MllbIT {
  @TempDir Path folder;
  private Jar jar = new Jar(Path.of(""));

  @BeforeEach
  void decisions() {
    jar = new Jar(folder);
    MadeFiles.decisions(folder.resolve("raw_cpu.csv"), 3_000, 1);
    MadeFiles.decisions(folder.resolve("raw_io.csv.gz"), 3_000, 2);
  }

  @Test
  void fromDecisionsToAModelToItsPriceInBpf() throws Exception {
    Requires.bpf();
    Jar.Ended trained = train("model.json", "--epochs", "8");
    assertEquals(ExitCode.DONE, trained.exitCode(), trained.err());
    assertTrue(trained.out().contains("without io"), trained.out());
    assertTrue(trained.out().contains("majority"), trained.out());

    Jar.Ended header = jar.run("mllb", "export", "model.json", "--format", "header", "-o", "m.h");
    assertEquals(ExitCode.DONE, header.exitCode(), header.err());
    assertTrue(Files.readString(folder.resolve("m.h")).contains("model_migrate(const __s32 *x)"));

    Jar.Ended accuracy =
        jar.run("mllb", "eval", "accuracy", "model.json", "raw_cpu.csv", "raw_io.csv.gz", "--json");
    assertEquals(ExitCode.DONE, accuracy.exitCode(), accuracy.err());
    JsonNode agreement = Json.tree(accuracy.out(), "output");
    assertTrue(agreement.path("vectors").asInt() >= 100_000);
    assertEquals(
        List.of("raw_cpu.csv", "raw_io.csv.gz"),
        agreement.path("trainedOn").valueStream().map(JsonNode::asString).toList());
    MadeFiles.decisions(folder.resolve("raw_new.csv"), 1_000, 3);
    Jar.Ended partly =
        jar.run("mllb", "eval", "accuracy", "model.json", "raw_new.csv", "raw_cpu.csv");
    assertTrue(
        partly.out().contains("Warning: the model was trained on raw_cpu.csv; "), partly.out());
    List<JsonNode> bpf =
        agreement
            .path("ways")
            .valueStream()
            .filter(way -> way.path("name").asString().contains("BPF"))
            .toList();
    assertEquals(5, bpf.size());
    for (JsonNode way : bpf) {
      assertEquals(0, way.path("differentFromJava").asInt(-1), way.toString());
    }

    Jar.Ended time = jar.run("mllb", "eval", "time", "model.json", "--rounds", "2");
    assertEquals(ExitCode.DONE, time.exitCode(), time.err());
    assertTrue(time.out().contains("15-64-32-1 int8 (random weights)"), time.out());
    assertTrue(time.out().contains("APSys 2020"), time.out());
  }

  /** Bound to one CPU, this machine has no more for a program. */
  @Test
  void withOneCpuThereIsNothingToBalance() throws Exception {
    Requires.bpf();
    String cpu =
        Files.readString(Path.of("/proc/self/status"))
            .replaceFirst("(?s).*Cpus_allowed_list:\\s*(\\d+).*", "$1");

    Jar.Ended ended = jar.through("taskset", "--cpu-list", cpu).run("mllb", "schedule");

    assertEquals(ExitCode.ENVIRONMENT, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("one CPU"), ended.err());
  }

  @Test
  void aKilledTrainingGoesOnToTheSameModel() throws Exception {
    String[] options = {"--epochs", "60", "--random-only"};
    assertEquals(ExitCode.DONE, train("whole.json", options).exitCode());
    Process process = jar.start(arguments("cut.json", options));
    Path checkpoint = folder.resolve("cut.json.random.checkpoint");
    while (process.isAlive() && !Files.exists(checkpoint)) {
      Thread.sleep(1);
    }
    process.destroyForcibly().waitFor();
    assertTrue(Files.exists(checkpoint), "it ended before it could be killed");
    assertFalse(Files.exists(folder.resolve("cut.json")));
    Jar.Ended resumed =
        train(
            "cut.json",
            Stream.concat(Stream.of(options), Stream.of("--resume")).toArray(String[]::new));
    assertEquals(ExitCode.DONE, resumed.exitCode(), resumed.err());
    assertEquals(-1, Files.mismatch(folder.resolve("whole.json"), folder.resolve("cut.json")));
    assertFalse(Files.exists(checkpoint));
  }

  @Test
  void badInputGetsOneSentence() throws Exception {
    Path bad = folder.resolve("raw_bad.csv");
    List<String> lines = Files.readAllLines(folder.resolve("raw_cpu.csv"));
    Files.writeString(bad, lines.getFirst().replace("src_load,", "") + "\n" + lines.get(1) + "\n");
    refused("missing column src_load", "mllb", "train", "raw_bad.csv", "-o", "m.json");
    refused("above 0, and 1 at most", "mllb", "train", "raw_cpu.csv", "-o", "m.json", "--lr", "0");
    refused("there is no folder", "mllb", "train", "raw_cpu.csv", "-o", "none/m.json");
    refused("--hidden takes", "mllb", "train", "raw_cpu.csv", "-o", "m.json", "--hidden", "1,2,3");
    refused("is not a model file", "mllb", "eval", "time", model("{}"));
    refused("cannot read the model", "mllb", "eval", "time", "none.json");
    assertFalse(Files.exists(folder.resolve("m.json")));
  }

  private String model(String text) throws IOException {
    Files.writeString(folder.resolve("bad.json"), text);
    return "bad.json";
  }

  private void refused(String sentence, String... arguments) throws Exception {
    Jar.Ended ended = jar.run(arguments);
    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.err());
    assertTrue(ended.err().contains(sentence), ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
  }

  private Jar.Ended train(String model, String... options) throws Exception {
    return jar.run(arguments(model, options));
  }

  private static String[] arguments(String model, String... options) {
    return Stream.concat(
            Stream.of("mllb", "train", "raw_cpu.csv", "raw_io.csv.gz", "-o", model),
            Stream.of(options))
        .toArray(String[]::new);
  }
}
