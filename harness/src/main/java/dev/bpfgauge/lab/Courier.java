package dev.bpfgauge.lab;

import dev.bpfgauge.os.ForeignText;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program inside a guest that carries a command out: starts this program with the task's
 * arguments, and brings what it prints and what it writes below {@value #OUT} to this machine while
 * it goes on, so that a guest that dies leaves what it had.
 */
final class Courier {
  /** Where a command's files are in the guest. */
  static final String OUT = "/out";

  /** Between a file's name and its bytes in base 64. */
  static final char SEPARATOR = '\t';

  /** Index of a part that goes on behind the parts before; else it begins the file anew. */
  static final int CONTINUED = 1;

  /** What reads the command line; named, since this package is below it. */
  static final String COMMANDS = "dev.bpfgauge.cli.Main";

  private static final int MOST_BYTES = 192 * 1024;
  private static final long PERIOD_MILLIS = 2000;

  private final Path channel;
  private final Path out;
  private final Map<Path, Sent> sent = new HashMap<>();

  /** What was sent of a file: replaced files have another key. */
  private record Sent(@Nullable Object key, long bytes) {}

  Courier(Path channel, Path out) {
    this.channel = channel;
    this.out = out;
  }

  /** Takes the task's file and the serial line. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path out = Files.createDirectories(Path.of(OUT));
    List<String> arguments = Files.readAllLines(Path.of(args[0]));
    new Courier(Path.of(args[1]), out).carryOut(arguments);
  }

  private void carryOut(List<String> arguments) throws IOException, InterruptedException {
    say(GuestMessage.HELLO, 0, ForeignText.read(Path.of("/proc/sys/kernel/osrelease")).strip());
    Process process =
        new ProcessBuilder(command(arguments))
            .directory(new File(OUT))
            .redirectErrorStream(true)
            .start();
    Thread lines = Thread.ofPlatform().name("lines").start(() -> pass(process.inputReader()));
    while (process.isAlive()) {
      Thread.sleep(PERIOD_MILLIS);
      say(GuestMessage.ALIVE, 0, "");
      sendFiles();
    }
    lines.join();
    sendFiles();
    say(GuestMessage.BYE, process.waitFor(), "");
  }

  private static List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/jre/bin/java",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:SharedArchiveFile=" + GuestImage.ARCHIVES,
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                "-Xlog:cds=off",
                "-Xlog:aot=off",
                "--enable-native-access=ALL-UNNAMED",
                "-Dbpfgauge.libbpf=/lib/bpfgauge/libbpf.so.1",
                "-Dbpfgauge.compiled=/bin"));
    arguments.stream().filter(Courier::isForJava).forEach(command::add);
    command.addAll(List.of("-cp", "/harness.jar", COMMANDS));
    arguments.stream().filter(argument -> !isForJava(argument)).forEach(command::add);
    return command;
  }

  private static boolean isForJava(String argument) {
    return argument.startsWith("-D");
  }

  private void pass(BufferedReader lines) {
    try (lines) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        say(GuestMessage.LINE, 0, line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends what is new in the files since the last time. */
  void sendFiles() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(out)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      try {
        send(file);
      } catch (NoSuchFileException e) {
        // It was one for a moment.
      }
    }
  }

  private void send(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    Sent before = sent.get(file);
    boolean same =
        before != null
            && String.valueOf(before.key).equals(String.valueOf(now.fileKey()))
            && now.size() >= before.bytes;
    long from = same && before != null ? before.bytes : 0;
    if (before != null && same && now.size() == from) {
      return;
    }
    String name = out.relativize(file).toString();
    try (SeekableByteChannel in = Files.newByteChannel(file)) {
      in.position(from);
      ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
      boolean first = from == 0;
      while (in.read(bytes) > 0 || first) {
        byte[] part = new byte[bytes.position()];
        bytes.flip().get(part);
        bytes.clear();
        say(
            GuestMessage.FILE,
            first ? 0 : CONTINUED,
            name + SEPARATOR + Base64.getEncoder().encodeToString(part));
        from += part.length;
        first = false;
      }
    }
    sent.put(file, new Sent(now.fileKey(), from));
  }

  private synchronized void say(String kind, int index, String text) throws IOException {
    try (FileOutputStream line = new FileOutputStream(channel.toFile(), true)) {
      line.write(Frames.encode(MessageText.of(GuestMessage.of(kind, index, text))));
    }
  }

  /**
   * Takes a part of a file in.
   *
   * @param folder where the command's files go
   * @throws IOException where it cannot be written, or is none of ours
   */
  static void receive(Path folder, GuestMessage part) throws IOException {
    int at = part.text().indexOf(SEPARATOR);
    Path file = folder.resolve(part.text().substring(0, Math.max(0, at))).normalize();
    if (at < 0 || !file.startsWith(folder) || file.equals(folder)) {
      throw new IOException("the guest sent a file without a name of its own");
    }
    byte[] bytes =
        Base64.getDecoder()
            .decode(part.text().substring(at + 1).getBytes(StandardCharsets.US_ASCII));
    Files.createDirectories(file.resolveSibling(""));
    try (FileOutputStream out = new FileOutputStream(file.toFile(), part.index() == CONTINUED)) {
      out.write(bytes);
    }
  }
}
