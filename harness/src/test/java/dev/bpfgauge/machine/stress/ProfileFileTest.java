package dev.bpfgauge.machine.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.stress.Profile.Churn;
import dev.bpfgauge.machine.stress.Profile.CpuLoad;
import dev.bpfgauge.machine.stress.Profile.MemoryLoad;
import dev.bpfgauge.machine.stress.Profile.Power;
import dev.bpfgauge.machine.stress.Profile.Wish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The closed schema: what it takes, and how it refuses everything else. */
class ProfileFileTest {

  @Test
  void readsEveryKey() {
    var profile =
        ProfileFile.parse(
            """
            # a comment
            description: all at once
            cpu:
              load-percent: 80
              method: matrixprod
            memory:
              used-percent: 75
            power:
              cstates: off
              pstates: prefer-off
              cpu-latency-us: 0
            churn:
              files: yes
              sockets: no
            """,
            "all.yaml",
            "all");
    assertEquals(
        new Profile(
            "all",
            "all at once",
            Optional.of(new CpuLoad(80, "matrixprod")),
            Optional.of(new MemoryLoad(75)),
            Optional.of(new Churn(0, true, false)),
            new Power(Wish.OFF, Wish.PREFER_OFF, OptionalInt.of(0))),
        profile);
  }

  @Test
  void whatIsNotGivenIsLeftAsItIs() {
    var profile = ProfileFile.parse("description: nothing", "n.yaml", "n");
    assertTrue(profile.isWithoutLoad());
    assertEquals(Power.UNCHANGED, profile.power());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cpuu: 1 | 1 | unknown key \"cpuu\" in a profile; allowed: description, cpu, memory, churn,"
            + " power",
        "description: d\\ncpu:\\n"
            + "  load: 80 | 3 | unknown key \"load\" in cpu; allowed: load-percent, method",
        "description: d\\ncpu:\\n"
            + "  load-percent: 101 | 3 | cpu.load-percent is \"101\"; allowed: a whole number from"
            + " 1 to 100",
        "description: d\\ncpu:\\n  load-percent: .nan | 3 | cpu.load-percent is \".nan\"; allowed",
        "description: d\\ncpu:\\n  load-percent: 1e9 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  load-percent: 0x50 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  workers: 1000 | 3 | unknown key \"workers\" in cpu; allowed",
        "description: d\\nmemory:\\n  used-percent: 200 | 3 | a whole number from 1 to 95",
        "description: d\\nduration: 1e300 | 2 | unknown key \"duration\" in a profile; allowed",
        "description: d\\ncpu:\\n  load-percent: 0 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  load-percent: -5 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  load-percent: 79.5 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  load-percent: 80 % | 3 | cpu.load-percent is \"80 %\"; allowed",
        "description: d\\ncpu:\\n"
            + "  load-percent: '80' | 3 | stands in quotes, which make it a text: write 80",
        "description: d\\ncpu:\\n  load-percent: 99999999999 | 3 | a whole number from 1 to 100",
        "description: d\\ncpu:\\n  load-percent: [80] | 3 | must be a single value",
        "description: d\\ncpu:\\n  method: fft | 3 | the key cpu.load-percent is missing: 1 to 100",
        "description: d\\ncpu: 80 | 2 | cpu must be a mapping with the keys load-percent, method",
        "description: d\\ncpu:\\n"
            + "  load-percent: 80\\n"
            + "  method: int64; rm -rf / | 4 | cpu.method is \"int64; rm -rf /\"; allowed:"
            + " ackermann, all,",
        "description: d\\ncpu:\\n"
            + "  load-percent: 80\\n"
            + "  method: $(id) | 4 | cpu.method is \"$(id)\"; allowed:",
        "description: d\\ncpu:\\n"
            + "  load-percent: 80\\n"
            + "  method: \"a\\\\e[2J\" | 4 | cpu.method is \"a?[2J\"; allowed:",
        "description: d\\nmemory:\\n  used-percent: 96 | 3 | a whole number from 1 to 95",
        "description: d\\npower:\\n"
            + "  cstates: false | 3 | power.cstates is \"false\"; allowed: unchanged, on, off,"
            + " prefer-off",
        "description: d\\npower:\\n  cpu-latency-us: -1 | 3 | a whole number from 0 to 1000000",
        "description: d\\ndescription: e | 2 | the key description stands twice in a profile",
        "description: d\\ncpu:\\n"
            + "  load-percent: 1\\n"
            + "  load-percent: 2 | 4 | the key load-percent stands twice in cpu",
        "cpu:\\n  load-percent: 80 | 1 | the key description is missing",
        "description: '' | 1 | description must be one line",
        "- a\\n- b | 1 | a profile must be a mapping",
        "description: &a d\\ncpu: *a | 1 | anchors (&) are not allowed",
        "description: d\\ncpu: *a | 2 | aliases (*) are not allowed",
        "description: !!java.lang.Runtime d | 1 | tags (!) are not allowed",
        "description: d\\n---\\ndescription: e | 2 | a second document",
        "description: d\\ncpu: {load-percent: 80 | 2 | not YAML",
        "description: d\\n\\tcpu: 80 | 2 | not YAML",
        "? [a, b]\\n: c | 1 | a key in a profile must be a single value",
      })
  void refusesWithFileLineAndWhatIsAllowed(String yaml, int line, String problem) {
    var refusal = refusal(yaml.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\"));
    assertTrue(
        refusal.startsWith("bad.yaml:" + line + ": ") && refusal.contains(problem.strip()),
        refusal);
  }

  @Test
  void refusesAnEmptyFile() {
    assertEquals(
        "bad.yaml:1: empty: a profile has the keys description, cpu, memory, churn, power",
        refusal("# nothing but this\n"));
  }

  @Test
  void refusesABombOfAliases() {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    assertEquals(
        "bad.yaml:1: anchors (&) are not allowed in a profile: write the value out",
        refusal(bomb.toString()));
  }

  @Test
  void refusesDeepNestingBeforeAnythingRecurses() {
    assertTrue(refusal("[".repeat(60_000)).startsWith("bad.yaml:1: nested deeper"));
  }

  @Test
  void refusesTenMegabytesBySize(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("big.yaml"), "#".repeat(10 << 20));
    assertEquals(file + ": larger than 64 KiB: this is not a profile", refusalOf(file));
  }

  @Test
  void refusesWhatIsNotUtf8(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("latin.yaml");
    Files.write(file, "description: heiß".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(file + ": not UTF-8 text: save it as UTF-8", refusalOf(file));
  }

  @Test
  void refusesFoldersDevicesAndMissingFiles(@TempDir Path folder) throws Exception {
    assertTrue(refusalOf(folder).endsWith("must be a regular file, this is a folder"));
    assertTrue(refusalOf(Path.of("/dev/zero")).endsWith("a device, pipe or socket"));
    Path fifo = folder.resolve("pipe.yaml");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    assertTrue(refusalOf(fifo).endsWith("a device, pipe or socket"));
    assertTrue(refusalOf(folder.resolve("none.yaml")).contains("there is no such profile file"));
  }

  @Test
  void refusesFileNamesThatAreNoProfileNames(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("My Load.yaml"), "description: d");
    assertTrue(refusalOf(file).contains("rename the file"));
  }

  private static String refusal(String yaml) {
    return String.valueOf(
        assertThrows(ProfileException.class, () -> ProfileFile.parse(yaml, "bad.yaml", "bad"), yaml)
            .getMessage());
  }

  private static String refusalOf(Path file) {
    return String.valueOf(
        assertThrows(ProfileException.class, () -> ProfileFile.read(file)).getMessage());
  }
}
