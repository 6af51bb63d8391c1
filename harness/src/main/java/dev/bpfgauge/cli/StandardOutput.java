package dev.bpfgauge.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it could not be written: a {@link PrintStream} passes over
 * that in silence, and a full disk would look like success.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream descriptor;
  private volatile @Nullable IOException failure;

  /** Writes to that; tests have their own. */
  StandardOutput(OutputStream descriptor) {
    this.descriptor = descriptor;
  }

  /** Puts itself behind {@code System.out}. */
  static StandardOutput watched() {
    StandardOutput watched = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(watched, true, StandardCharsets.UTF_8));
    return watched;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      descriptor.write(bytes, from, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /** Why something is missing in the output, as a sentence; empty where nothing is. */
  String lost() {
    IOException why = failure;
    return why == null
        ? ""
        : "standard output cannot be written: %s; what was to be printed is incomplete."
            .formatted(why.getMessage());
  }

  /**
   * The exit code of a command whose output went here, having said what was lost. Who reads a pipe
   * may stop when it has enough, as {@code head} does: nothing is lost then.
   */
  int judge(int code) {
    if (lost().isEmpty() || isPipe()) {
      return code;
    }
    System.err.println(Terminal.complaint() + lost());
    return code == ExitCode.DONE ? ExitCode.ENVIRONMENT : code;
  }

  private static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }
}
