package dev.bpfgauge.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Writes an initramfs: the cpio format "newc" of the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst. Needs no rights, not even for device
 * nodes. Folders above an entry are written by themselves.
 */
final class Cpio implements AutoCloseable {
  private static final int FOLDER = 0040755;
  private static final int FILE = 0100644;
  private static final int PROGRAM = 0100755;
  private static final int LINK = 0120777;
  private static final int CHARACTER_DEVICE = 0020600;

  private final OutputStream out;
  private final Set<String> folders = new HashSet<>();
  private int inode;
  private long written;

  Cpio(OutputStream out) {
    this.out = out;
  }

  /** A folder; {@code name} as all names here without a slash in front. */
  void folder(String name) throws IOException {
    if (!name.isEmpty() && folders.add(name)) {
      parents(name);
      header(name, FOLDER, 0, 0, 0, 0);
    }
  }

  void text(String name, String content, boolean program) throws IOException {
    bytes(name, content.getBytes(StandardCharsets.UTF_8), program ? PROGRAM : FILE);
  }

  /** A file that is no text. */
  void bytes(String name, byte[] content) throws IOException {
    bytes(name, content, FILE);
  }

  /** A symbolic link. */
  void link(String name, String target) throws IOException {
    bytes(name, target.getBytes(StandardCharsets.UTF_8), LINK);
  }

  private void bytes(String name, byte[] bytes, int mode) throws IOException {
    parents(name);
    header(name, mode, bytes.length, 0, 0, 0);
    out.write(bytes);
    written += bytes.length;
    pad();
  }

  /** A file of this machine with its time of change, links followed. */
  void file(String name, Path source) throws IOException {
    parents(name);
    long size = Files.size(source);
    long seconds = Files.getLastModifiedTime(source).to(TimeUnit.SECONDS);
    header(name, Files.isExecutable(source) ? PROGRAM : FILE, size, seconds, 0, 0);
    try (InputStream in = Files.newInputStream(source)) {
      long copied = in.transferTo(out);
      if (copied != size) {
        throw new IOException(source + " changed its size while it was read");
      }
      written += copied;
    }
    pad();
  }

  /** A character device. */
  void device(String name, int major, int minor) throws IOException {
    parents(name);
    header(name, CHARACTER_DEVICE, 0, 0, major, minor);
  }

  @Override
  public void close() throws IOException {
    header("TRAILER!!!", 0, 0, 0, 0, 0);
    out.close();
  }

  private void parents(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      folder(name.substring(0, slash));
    }
  }

  private void header(String name, int mode, long size, long seconds, int major, int minor)
      throws IOException {
    byte[] path = (name + "\0").getBytes(StandardCharsets.UTF_8);
    long[] fields = {++inode, mode, 0, 0, 1, seconds, size, 0, 0, major, minor, path.length, 0};
    StringBuilder header = new StringBuilder("070701");
    for (long field : fields) {
      header.append(String.format(Locale.ROOT, "%08X", field));
    }
    out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(path);
    written += header.length() + path.length;
    pad();
  }

  private void pad() throws IOException {
    while (written % 4 != 0) {
      out.write(0);
      written++;
    }
  }
}
