package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.machine.host.AllowedCpus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How guests end; a shell stands in for the emulator. */
class GuestTest {
  @TempDir Path folder;
  private final List<GuestMessage> heard = new ArrayList<>();

  @Test
  void aGuestThatSaysGoodbyeIsDone() throws Exception {
    assertEquals(new Guest.Done(), run(message(GuestMessage.HELLO) + message(GuestMessage.BYE)));
    assertEquals(
        List.of(GuestMessage.HELLO, GuestMessage.BYE),
        heard.stream().map(GuestMessage::kind).toList());
  }

  @Test
  void aPanicIsNamedFromTheConsole() throws Exception {
    String panic =
        "echo '[ 1.5] Kernel panic - not syncing: sysrq triggered crash' >> console; echo more >>"
            + " console; ";

    Guest.Died died = assertInstanceOf(Guest.Died.class, run(message(GuestMessage.HELLO) + panic));

    assertTrue(died.reason().contains("sysrq triggered crash"), died.reason());
  }

  @Test
  void anEmulatorThatIsKilledSaysSo() throws Exception {
    Guest.Died died = assertInstanceOf(Guest.Died.class, run("kill -9 $$"));

    assertTrue(died.reason().contains("137"), died.reason());
  }

  @Test
  void silenceHasAnEnd() throws Exception {
    Guest.Silent silent = assertInstanceOf(Guest.Silent.class, run("exec sleep 600"));

    assertTrue(silent.reason().contains("said nothing"), silent.reason());
    assertEquals(0, ProcessHandle.current().children().filter(child -> child.isAlive()).count());
  }

  /**
   * It needs a tenth of a second of a CPU that others hold, which takes longer than the patience.
   */
  @Test
  void whoStandsInLineForACpuIsNotSilent() throws Exception {
    String cpu = AllowedCpus.read().cpus().getFirst().toString();
    List<String> onOne = List.of("taskset", "-c", cpu);
    Process hog = start(onOne, "while :; do :; done");
    try {
      String works = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; ";
      List<String> low = List.of("nice", "-n", "19", "taskset", "-c", cpu);

      assertEquals(
          new Guest.Done(),
          run(low, works + message(GuestMessage.HELLO) + message(GuestMessage.BYE)));
    } finally {
      hog.destroyForcibly().waitFor();
    }
  }

  private static Process start(List<String> prefix, String script) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("sh", "-c", script));
    return new ProcessBuilder(command).start();
  }

  @Test
  void aDamagedLineEndsTheGuest() throws Exception {
    Guest.Died died = assertInstanceOf(Guest.Died.class, run("echo nonsense; exec sleep 600"));

    assertTrue(died.reason().contains("not a message"), died.reason());
  }

  private Guest.Ended run(String script) throws Exception {
    return run(List.of(), script);
  }

  private Guest.Ended run(List<String> prefix, String script) throws Exception {
    Path console = Files.createFile(folder.resolve("console"));
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("sh", "-c", "cd '" + folder + "'; " + script));
    return new Guest(command, console, Duration.ofSeconds(2)).run(heard::add);
  }

  private String message(String kind) throws Exception {
    Path file = folder.resolve(kind);
    byte[] frame = Frames.encode(Json.line(GuestMessage.of(kind, 0, "6.12")));
    Files.writeString(file, new String(frame, StandardCharsets.UTF_8));
    return "cat " + kind + "; ";
  }
}
