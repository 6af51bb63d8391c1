package dev.bpfgauge.suite.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines that must be there after the machine has ended: each is on the disk before the next one is
 * taken, and in the kernel's log, which goes to a console, a network or a pstore by itself.
 */
final class RequestLog implements AutoCloseable {
  /** KERN_NOTICE, in a program's own facility (LOG_USER): dev-kmsg of the kernel's ABI. */
  private static final String LEVEL = "<13>bpfgauge: ";

  /** The kernel refuses more than about a thousand. */
  private static final int MOST_BYTES = 900;

  private final Path file;
  private final FileChannel disk;
  private final @Nullable FileChannel kernel;
  private final String noKernel;

  private RequestLog(Path file, FileChannel disk, @Nullable FileChannel kernel, String noKernel) {
    this.file = file;
    this.disk = disk;
    this.kernel = kernel;
    this.noKernel = noKernel;
  }

  /**
   * Opens both, to write behind what is there. The file is its owner's alone, for arguments may
   * hold what others must not know.
   *
   * @param kernelLog e.g. {@code /dev/kmsg}; a warning where it cannot be written
   * @throws Refusal where the file cannot be written
   */
  static RequestLog open(Path file, Path kernelLog) {
    FileChannel disk;
    try {
      disk =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw Refusal.usage(
          "requests cannot be kept in " + file + ": " + e + "; give another file with -o.");
    }
    try {
      return new RequestLog(file, disk, FileChannel.open(kernelLog, StandardOpenOption.WRITE), "");
    } catch (IOException e) {
      return new RequestLog(file, disk, null, kernelLog + ": " + e.getMessage());
    }
  }

  Path file() {
    return file;
  }

  /**
   * Keeps the first line.
   *
   * @throws Refusal where the disk has no room for it, nor for what is to come
   */
  void begin(String line) {
    try {
      write(disk, line + "\n");
      disk.force(true);
    } catch (IOException e) {
      throw Refusal.environment(
          "requests cannot be kept in %s: %s; make room, or give another file with -o."
              .formatted(file, e.getMessage()));
    }
    keepInKernel(line);
  }

  /** What users should know before they rely on it. */
  List<String> warnings() {
    return noKernel.isEmpty()
        ? List.of()
        : List.of("requests are not in the kernel's log: " + noKernel);
  }

  /**
   * Keeps a line; it is on the disk when this returns.
   *
   * @return where it is: {@code disk, log}, or one of them, or why in none
   */
  String keep(String line) {
    String failed = "";
    boolean onDisk = false;
    try {
      write(disk, line + "\n");
      disk.force(true);
      onDisk = true;
    } catch (IOException e) {
      failed = "no: " + e.getMessage();
    }
    boolean inKernel = keepInKernel(line);
    return onDisk ? inKernel ? "disk, log" : "disk" : inKernel ? "log" : failed;
  }

  private boolean keepInKernel(String line) {
    try {
      return kernel != null && kernel.write(ByteBuffer.wrap(kernelLine(line))) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** One write is one line there; without its end it would be shown with the next one alone. */
  private static byte[] kernelLine(String line) {
    byte[] bytes = (LEVEL + line + "\n").getBytes(UTF_8);
    if (bytes.length <= MOST_BYTES) {
      return bytes;
    }
    byte[] cut = Arrays.copyOf(bytes, MOST_BYTES);
    cut[MOST_BYTES - 1] = '\n';
    return cut;
  }

  @Override
  public void close() {
    for (FileChannel channel : kernel == null ? List.of(disk) : List.of(disk, kernel)) {
      try {
        channel.close();
      } catch (IOException e) {
        // What was kept is on the disk already.
      }
    }
  }
}
