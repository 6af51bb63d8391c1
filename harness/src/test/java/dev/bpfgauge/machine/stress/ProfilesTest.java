package dev.bpfgauge.machine.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.stress.Profile.CpuLoad;
import dev.bpfgauge.machine.stress.Profile.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where profiles are found, and how they are combined. */
class ProfilesTest {
  @TempDir Path folder;
  Profiles profiles;

  @BeforeEach
  void inAnEmptyWorkingFolder() {
    profiles = new Profiles(folder);
  }

  @Test
  void everyShippedProfileIsValid() {
    assertEquals(
        List.of(
            "case5",
            "cpu80",
            "cstates-off",
            "cstates-on",
            "idle",
            "mem75",
            "pstates-off",
            "pstates-on",
            "states-off",
            "states-on"),
        profiles.names());
    for (String name : profiles.names()) {
      assertEquals(name, profiles.find(name).name());
    }
  }

  @Test
  void cpu80IsTheSeedsCase() {
    var profile = profiles.find("cpu80");
    assertEquals(Optional.of(new CpuLoad(80, "int64")), profile.cpu());
    assertEquals(Wish.PREFER_OFF, profile.power().pstates());
  }

  @Test
  void theWorkingFolderOverridesTheJar() throws IOException {
    write("stress-profiles/cpu80.yaml", "description: mine\ncpu: {load-percent: 50}");
    write("stress-profiles/extra.yaml", "description: more");
    assertEquals("mine", profiles.find("cpu80").description());
    assertTrue(profiles.names().contains("extra"));
  }

  @Test
  void aPathIsTheUsersChoice(@TempDir Path elsewhere) throws IOException {
    write("my.yaml", "description: mine");
    Path outside = Files.writeString(elsewhere.resolve("out.yaml"), "description: outside");
    assertEquals("my", profiles.find("./my.yaml").name());
    assertEquals("my", profiles.find("my.yaml").name());
    assertEquals("out", profiles.find(outside.toString()).name());
  }

  @Test
  void errorsNameThePathAsTheUserGaveIt() throws IOException {
    write("my.yaml", "descriptoin: mine");
    assertTrue(refusal("./my.yaml").startsWith("./my.yaml:1: unknown key \"descriptoin\""));
  }

  @Test
  void aNameDoesNotLeadOutOfTheWorkingFolder(@TempDir Path elsewhere) throws IOException {
    Path outside = Files.writeString(elsewhere.resolve("out.yaml"), "description: outside");
    Files.createDirectories(folder.resolve("stress-profiles"));
    Files.createSymbolicLink(folder.resolve("stress-profiles/out.yaml"), outside);
    assertEquals(
        "stress-profiles/out.yaml leads out of the working folder: give the path itself to use that"
            + " file",
        refusal("out"));
    assertTrue(refusal("../../etc/passwd").startsWith("../../etc/passwd: "));
    assertTrue(refusal("..").contains("is not a profile name"));
    assertTrue(refusal("cpu80\u0000").contains("is not a profile name"));
  }

  @Test
  void anUnknownNameGetsTheNearestOne() {
    assertTrue(
        refusal("cpu08").startsWith("unknown profile \"cpu08\": did you mean \"cpu80\"? Known"));
    assertTrue(refusal("cstate-off").contains("did you mean \"cstates-off\"?"));
  }

  @Test
  void combinesLoadAndPower() {
    var profile = profiles.find("cpu80+cstates-off+pstates-on");
    assertEquals("cpu80+cstates-off+pstates-on", profile.name());
    assertEquals(80, profile.cpu().orElseThrow().percent());
    assertEquals(Wish.OFF, profile.power().cstates());
    assertEquals(Wish.ON, profile.power().pstates(), "a demand wins over cpu80's preference");
    assertEquals(OptionalInt.of(0), profile.power().cpuLatencyMicros());
    assertFalse(profiles.find("cpu80+mem75").isWithoutLoad());
  }

  @Test
  void refusesCombinationsThatContradictOrAddNothing() throws IOException {
    write("stress-profiles/cpu50.yaml", "description: half\ncpu: {load-percent: 50}");
    assertEquals(
        "profiles cpu80 and cpu50 cannot be combined: both set cpu, to different values",
        refusal("cpu80+cpu50"));
    assertTrue(refusal("cstates-on+cstates-off").contains("both set cstates"));
    assertEquals("profile cpu80+idle: idle adds nothing, leave it out", refusal("cpu80+idle"));
    assertEquals("profile idle+cpu80: idle adds nothing, leave it out", refusal("idle+cpu80"));
    assertTrue(refusal("cpu80+").contains("\"\" is not a profile name"));
  }

  private void write(String name, String yaml) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, yaml);
  }

  private String refusal(String spec) {
    return String.valueOf(
        assertThrows(ProfileException.class, () -> profiles.find(spec), spec).getMessage());
  }
}
