package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The commands of the finished jar, as a user types them. */
class CommandsIT {
  /** Others use the test machine too: a load that is not as wanted is a result, not a failure. */
  private static final Set<ForkStatus> SOUND =
      EnumSet.of(ForkStatus.OK, ForkStatus.LOAD_NOT_REACHED);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run",
        "list",
        "doctor",
        "report",
        "compare",
        "export",
        "calibrate",
        "kernels",
        "mllb",
        "clean",
        "restore"
      })
  void everyCommandExplainsItselfWithExamples(String command) throws Exception {
    Jar.Ended help =
        command.isEmpty() ? new Jar(folder).run("--help") : new Jar(folder).run(command, "--help");

    assertEquals(0, help.exitCode(), help.err());
    assertTrue(help.out().contains("\nExamples"), help.out());
  }

  @Test
  void completionIsAScriptThatBashAccepts() throws Exception {
    Jar.Ended completion = new Jar(folder).run("generate-completion");
    Path script = Files.writeString(folder.resolve("completion.sh"), completion.out());

    assertEquals(
        0, new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start().waitFor());
    assertTrue(completion.out().contains("--profile"));
  }

  @Test
  void listNamesWhatTheOtherCommandsTake() throws Exception {
    Jar.Ended list = new Jar(folder).run("list", "--json");

    JsonNode json = Json.tree(list.out(), "what it printed");
    assertTrue(list.out().contains("percpu-hash"));
    assertTrue(json.get("profiles").has("cpu80"), list.out());
    assertTrue(json.get("runs").isEmpty());
  }

  @Test
  void doctorSaysWhatIsThereAndTheFixForTheRest() throws Exception {
    Jar.Ended doctor = new Jar(folder).run("doctor", "--json");

    JsonNode json = Json.tree(doctor.out(), "what it printed");
    assertTrue(json.get("capabilities").size() > 10, doctor.out());
    json.get("capabilities")
        .forEach(capability ->
            assertFalse(capability.get("detail").asString().isEmpty(), capability.toString()));
  }

  @Test
  void aRunLeavesEveryFileAndTheReportComesOutTheSameAgain() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).onABusyMachine();

    Jar.Ended ended = jar.tiny("-p", "idle,idle");

    RunFolder run = RunFolder.resolve(folder.resolve("results"), "latest");
    RunData data = run.read();
    assertEquals(10, data.forks().size(), ended.out() + ended.err());
    assertSoundAndSomeMeasured(data);
    boolean allOk = data.forks().stream().allMatch(fork -> fork.status() == ForkStatus.OK);
    assertEquals(allOk ? 0 : 4, ended.exitCode(), ended.err()); // a busy machine
    assertEquals(allOk ? RunInfo.Status.COMPLETE : RunInfo.Status.PARTIAL, data.info().status());
    try (var files = Files.list(run.path())) {
      assertEquals(
          Set.of(
              "forks.log",
              "jmh.json",
              "journal.jsonl",
              "plan.json",
              "report.html",
              "results.csv",
              "run.json",
              "samples.csv",
              "samples.json"),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
    assertTrue(data.samples().rows().size() >= 2);
    assertTrue(ended.out().contains("report.html"));
    byte[] first = Files.readAllBytes(run.path().resolve("report.html"));
    assertEquals(0, jar.run("report", "latest").exitCode());
    assertArrayEquals(first, Files.readAllBytes(run.path().resolve("report.html")));
  }

  @Test
  void operationsInsideTheKernelAreASuiteOfTheirOwn() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder)
            .onABusyMachine()
            .run(
                "run",
                "--suite",
                "kernel-maps",
                "-p",
                "idle",
                "--map",
                "hash,queue",
                "--op",
                "lookup,push-pop",
                "--rounds",
                "1",
                "--warmup",
                "10",
                "--measure",
                "30");

    RunData run = RunFolder.resolve(folder.resolve("results"), "latest").read();
    assertEquals(
        List.of(
            "kernel-maps.loop",
            "kernel-maps.lookup[entries=1024,fill=100,key=4,map=hash,value=8]",
            "kernel-maps.lookup[entries=1024,fill=100,key=4,map=hash,runtime=c,value=8]",
            "kernel-maps.push-pop[map=queue]"),
        run.forks().stream().map(fork -> fork.cell().key()).toList());
    assertSoundAndSomeMeasured(run);
    assertTrue(ended.out().contains("push-pop on queue (inside the kernel)"), ended.out());
  }

  @Test
  void arrayDeleteIsACellThatSaysWhy() throws Exception {
    Requires.bpf();
    new Jar(folder)
        .onABusyMachine()
        .run(
            "-p",
            "idle",
            "--map",
            "array,percpu-array",
            "--op",
            "delete",
            "--rounds",
            "1",
            "--warmup",
            "20",
            "--measure",
            "60",
            "--no-references");

    List<ForkRecord> deletes =
        RunFolder.resolve(folder.resolve("results"), "latest").read().forks().stream()
            .filter(fork -> fork.cell().benchmark().equals("maps.delete"))
            .toList();
    assertEquals(2, deletes.size());
    for (ForkRecord fork : deletes) {
      assertEquals(ForkStatus.REFUSED, fork.status(), fork.reason());
      assertTrue(fork.reason().contains("EINVAL"), fork.reason());
    }
  }

  private static void assertSoundAndSomeMeasured(RunData run) {
    for (ForkRecord fork : run.forks()) {
      assertTrue(SOUND.contains(fork.status()), fork.toString());
    }
    assertTrue(
        run.forks().stream().anyMatch(fork -> fork.status() == ForkStatus.OK),
        () -> run.forks().toString());
  }
}
