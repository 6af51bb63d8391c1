package dev.bpfgauge.lab;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One guest from its boot to its end, by the thread that calls {@link #run}: the guest dies with
 * that thread.
 */
final class Guest {
  private static final int TAIL_LINES = 3;

  /** A wait for a CPU that changes nothing. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final List<String> command;
  private final Path console;
  private final Duration patience;

  /**
   * @param command what starts the emulator; the guest's messages come on its standard output
   * @param console the file the console goes to
   * @param patience longest silence of a guest, without the time that it stood in line for a CPU
   */
  Guest(List<String> command, Path console, Duration patience) {
    this.command = List.copyOf(command);
    this.console = console;
    this.patience = patience;
  }

  /** How a guest came to its end. */
  sealed interface Ended {}

  /** It said goodbye. */
  record Done() implements Ended {}

  /**
   * It ended before its work did, or what it sent was damaged.
   *
   * @param reason one sentence with the console's last lines
   */
  record Died(String reason) implements Ended {}

  /** It said nothing for too long, and was killed. */
  record Silent(String reason) implements Ended {}

  /** What the emulator's output gave: a message, or its end. */
  private sealed interface Event {}

  private record Said(GuestMessage message) implements Event {}

  private record Over(String why) implements Event {}

  /**
   * Boots it and hears it out.
   *
   * @param told gets each message, on this thread
   * @throws InterruptedException where this thread was interrupted; the guest is dead
   */
  Ended run(Consumer<GuestMessage> told) throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(console.toFile()))
              .start();
    } catch (IOException e) {
      return new Died("the emulator does not start: " + e.getMessage());
    }
    try {
      return hear(process, told);
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  private Ended hear(Process process, Consumer<GuestMessage> told) throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    InputStream channel = process.getInputStream();
    Thread.ofVirtual().start(() -> read(channel, events));
    boolean done = false;
    boolean spoke = false;
    CpuQueue queue = new CpuQueue(process.toHandle());
    Duration left = patience;
    while (true) {
      Event event = events.poll(left.toMillis(), TimeUnit.MILLISECONDS);
      Duration waited = queue.sinceLast();
      left = patience;
      switch (event) {
        case null -> {
          if (!done && waited.compareTo(SHORT) > 0) {
            left = waited; // It could not speak meanwhile: it gets that time again.
            continue;
          }
          return done
              ? new Done()
              : new Silent(
                  "the guest said nothing for "
                      + patience.toSeconds()
                      + (spoke ? " s and was killed; " : " s from its start and was killed; ")
                      + tail());
        }
        case Said(GuestMessage message) -> {
          spoke = true;
          done |= message.kind().equals(GuestMessage.BYE);
          told.accept(message);
        }
        case Over(String why) -> {
          return done ? new Done() : new Died(why(why, process) + "; " + tail());
        }
      }
    }
  }

  private static String why(String damage, Process process) throws InterruptedException {
    return damage.isEmpty() ? "the guest ended early" + exit(process) : damage;
  }

  private static void read(InputStream channel, BlockingQueue<Event> events) {
    try (InputStream in = new BufferedInputStream(channel)) {
      for (Optional<String> text = Frames.read(in); text.isPresent(); text = Frames.read(in)) {
        events.add(new Said(Json.parse(text.get(), GuestMessage.class, "a guest's message")));
      }
      events.add(new Over(""));
    } catch (Frames.DamagedException | Refusal e) {
      events.add(new Over("the guest's line is damaged: " + e.getMessage()));
    } catch (IOException e) {
      events.add(new Over("")); // The stream is closed with the process.
    }
  }

  /** Told where the emulator itself was killed or failed. */
  private static String exit(Process process) throws InterruptedException {
    boolean over = process.waitFor(1, TimeUnit.SECONDS);
    int status = over ? process.exitValue() : 0;
    return status == 0 ? "" : " (the emulator ended with exit code " + status + ")";
  }

  private String tail() {
    try {
      String text =
          new String(Files.readAllBytes(console), StandardCharsets.UTF_8)
              .replaceAll("\\e\\[[0-9;?]*[a-zA-Z]|[\\p{Cntrl}&&[^\\n]]", "");
      List<String> panic =
          text.lines()
              .filter(line ->
                  line.matches(".*(Kernel panic|Out of memory|Exception in thread|Error: ).*"))
              .toList();
      List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      List<String> told = panic.isEmpty() ? last : panic.subList(0, 1);
      return told.isEmpty()
          ? "its console is empty"
          : "console (" + console.getFileName() + "): " + String.join(" / ", told);
    } catch (IOException e) {
      return "its console cannot be read";
    }
  }
}
