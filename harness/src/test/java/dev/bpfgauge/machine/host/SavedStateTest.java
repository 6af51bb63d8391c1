package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The undo log, as a later process finds it. */
class SavedStateTest {

  private static final String BOOT = "proc/sys/kernel/random/boot_id";
  private static final String SETTING = "cpu0/cpuidle/state1/disable";
  private static final String OTHER = "cpu1/cpuidle/state1/disable";

  @TempDir Path folder;
  private FakeMachine machine;
  private Path log;

  @BeforeEach
  void machine() throws IOException {
    machine = FakeMachine.of("vm-haltpoll", folder.resolve("machine"));
    log = folder.resolve("state/state.jsonl");
  }

  private SavedState open() {
    return SavedState.in(folder.resolve("state"), machine.roots());
  }

  @Test
  void theNextProcessPutsBackWhatTheLastOneLeft() throws IOException {
    SavedState killed = open();
    killed.set(machine.cpuFile(SETTING), "1");
    killed.set(machine.cpuFile(OTHER), "1");
    assertEquals(2, Files.readAllLines(log).size());

    SavedState next = open();
    assertTrue(next.isPending());
    SavedState.Restored restored = next.restore();
    assertEquals(2, restored.restored().size());
    assertEquals(List.of(), restored.failed());
    assertEquals("0", machine.cpu(SETTING));
    assertFalse(Files.exists(log));
    assertEquals(List.of(), next.restore().restored(), "restoring again does nothing");
  }

  /** As the file of transparent huge pages, which shows all words and takes one. */
  @Test
  void ofWordsToChooseFromTheChosenOneIsPutBack() throws IOException {
    Path file = machine.cpuFile(SETTING);
    Files.writeString(file, "always [madvise] never\n");
    SavedState killed = open();
    assertEquals("never", killed.set(file, "never"));
    assertEquals(List.of(file + " = madvise"), open().restore().restored());
    assertEquals("madvise", Files.readString(file).strip());
    Files.writeString(file, "[0, 1] of two\n");
    assertEquals("[0, 1] of two", SavedState.value(file));
  }

  /** Writing nothing is no write to the kernel. */
  @Test
  void whatWasEmptyIsEmptyAgain() throws IOException {
    Path file = machine.cpuFile(SETTING);
    Files.writeString(file, "\n");
    SavedState killed = open();
    assertEquals("8080", killed.set(file, "8080"));
    assertEquals(List.of(file + " = "), open().restore().restored());
    assertEquals("\n", Files.readString(file));
    assertEquals("", killed.set(file, ""));
  }

  @Test
  void severalChangesOfOneFileEndAtTheFirstValue() throws IOException {
    SavedState state = open();
    Path file = machine.cpuFile("cpuidle/current_governor");
    state.set(file, "menu");
    state.set(file, "ladder");
    state.restore();
    assertEquals("haltpoll", machine.cpu("cpuidle/current_governor"));
  }

  @Test
  void aMarkIsGoneBackToAndNoFurther() throws IOException {
    SavedState state = open();
    state.set(machine.cpuFile(SETTING), "1");
    int mark = state.mark();
    state.set(machine.cpuFile(OTHER), "1");
    state.restoreTo(mark);
    assertEquals("1", machine.cpu(SETTING));
    assertEquals("0", machine.cpu(OTHER));
    assertTrue(open().isPending());
  }

  @Test
  void aValueThatIsThereAlreadyIsNotLogged() throws IOException {
    assertEquals("0", open().set(machine.cpuFile(SETTING), "0"));
    assertFalse(Files.exists(log));
  }

  @Test
  void aTornLastLineIsAChangeThatWasNotMade() throws IOException {
    open().set(machine.cpuFile(SETTING), "1");
    Files.writeString(log, "{\"boot\":\"6f1f", StandardOpenOption.APPEND);
    SavedState next = open();
    next.set(machine.cpuFile(OTHER), "1");
    SavedState.Restored restored = open().restore();
    assertEquals(2, restored.restored().size());
    assertEquals(List.of(), restored.failed());
  }

  @Test
  void aDamagedLineIsToldAndTheOthersArePutBack() throws IOException {
    open().set(machine.cpuFile(SETTING), "1");
    Files.writeString(log, "not json\n" + Files.readString(log));
    SavedState.Restored restored = open().restore();
    assertEquals(1, restored.restored().size());
    assertTrue(restored.notes().getFirst().contains("line 1"));
  }

  @Test
  void afterARebootThereIsNothingToPutBack() throws IOException {
    open().set(machine.cpuFile(SETTING), "1");
    machine.put(BOOT, "6f1f7d1e-6f43-4f3c-9d0e-00000000ffff");
    SavedState next = open();
    assertFalse(next.isPending());
    assertTrue(next.restore().notes().getFirst().contains("earlier boot"));
    assertEquals("1", machine.cpu(SETTING), "left alone");
    assertFalse(Files.exists(log));
  }

  @Test
  void onlyMachineSettingsAreEverWritten() throws IOException {
    Path outside = folder.resolve("passwd");
    Files.writeString(outside, "precious\n");
    open().set(machine.cpuFile(SETTING), "1");
    String line = Files.readString(log).replace(machine.cpuFile(SETTING).toString(), "%s");
    String upwards = machine.cpuFile("../../../../../passwd").toString();
    Files.writeString(log, line.formatted(outside) + line.formatted(upwards));
    assertEquals(2, open().restore().failed().size());
    assertEquals("precious\n", Files.readString(outside));
  }

  @Test
  void whatCannotBeReadIsNotChangedAndNotLogged() {
    SavedState state = open();
    assertThrows(IOException.class, () -> state.set(machine.cpuFile("cpu7/none"), "1"));
    assertFalse(state.isPending());
    assertFalse(Files.exists(machine.cpuFile("cpu7")));
  }

  @Test
  void restoringWorksOnAThreadThatIsBeingInterrupted() throws IOException {
    SavedState state = open();
    state.set(machine.cpuFile(SETTING), "1");
    state.set(machine.cpuFile(OTHER), "1");
    Thread.currentThread().interrupt();
    SavedState.Restored restored = state.restore();
    assertTrue(Thread.interrupted());
    assertEquals(2, restored.restored().size());
    assertEquals(List.of(), restored.notes());
  }

  @Test
  void rootsLogGoesWithTheBootAndAUsersToTheStateFolder() {
    Privileges root = new Privileges(0, -1);
    Privileges user = new Privileges(1000, 0);
    assertEquals(
        Path.of("/run/bpfgauge"), SavedState.defaultFolder(Map.of(), () -> Path.of("/root"), root));
    assertEquals(
        Path.of("/home/u/.local/state/bpfgauge"),
        SavedState.defaultFolder(Map.of(), () -> Path.of("/home/u"), user));
    assertEquals(
        Path.of("/x/bpfgauge"),
        SavedState.defaultFolder(Map.of("XDG_STATE_HOME", "/x"), () -> Path.of("/home/u"), user));
  }
}
