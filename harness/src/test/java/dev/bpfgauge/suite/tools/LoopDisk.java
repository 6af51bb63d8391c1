package dev.bpfgauge.suite.tools;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk that nobody else uses: a loop device over a file, gone with {@link #close}. */
final class LoopDisk implements AutoCloseable {
  private static final long BYTES = 64L << 20;

  private final Path device;

  private LoopDisk(Path device) {
    this.device = device;
  }

  static LoopDisk over(Path file) throws IOException, InterruptedException {
    Requires.root();
    TestPrograms.require("losetup", "fio");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(BYTES);
    }
    String device = TestPrograms.run("losetup", "--find", "--show", file.toString()).strip();
    LoopDisk disk = new LoopDisk(Path.of(device));
    disk.settled(); // Elsewhere udev looks into new devices.
    return disk;
  }

  /**
   * The kernel's own count (Documentation/block/stat.rst).
   *
   * @param bytes read and written
   */
  record Count(long reads, long writes, long bytes) {
    Count minus(Count before) {
      return new Count(reads - before.reads, writes - before.writes, bytes - before.bytes);
    }

    long requests() {
      return reads + writes;
    }
  }

  Path device() {
    return device;
  }

  String name() {
    return String.valueOf(device.getFileName());
  }

  private Count count() throws IOException {
    String[] fields =
        Files.readString(Path.of("/sys/block/" + name() + "/stat")).strip().split(" +", -1);
    long sectors = Long.parseLong(fields[2]) + Long.parseLong(fields[6]);
    return new Count(Long.parseLong(fields[0]), Long.parseLong(fields[4]), sectors * 512);
  }

  /** The count, once it stands still. */
  Count settled() throws IOException, InterruptedException {
    Count before;
    Count now = count();
    do {
      before = now;
      Thread.sleep(200);
      now = count();
    } while (!now.equals(before));
    return now;
  }

  @Override
  public void close() throws IOException {
    TestPrograms.undo("losetup", "--detach", device.toString());
  }
}
