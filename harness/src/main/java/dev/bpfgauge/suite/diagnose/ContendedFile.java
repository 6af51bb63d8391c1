package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits for one of the kernel's locks: a thread of this process writes much to a file at a time,
 * another one a byte. Each of these calls has the file's lock (i_rwsem) until it returns.
 *
 * @param calls how many there were, of which each waits once or not at all
 * @param nanos how long all of them took: no less than they waited
 */
record ContendedFile(long calls, long nanos) {
  private static final int MUCH = 32 << 20;

  /** Makes them. */
  static ContendedFile of(int shortCalls) throws InterruptedException {
    try {
      Path file = Files.createTempFile(Scratch.folder(), "contended", "");
      try {
        return write(file, shortCalls);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ContendedFile write(Path file, int shortCalls)
      throws IOException, InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong calls = new AtomicLong();
    AtomicLong nanos = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    try (FileChannel much = FileChannel.open(file, StandardOpenOption.WRITE);
        FileChannel little = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                ByteBuffer bytes = ByteBuffer.allocateDirect(MUCH);
                while (!over.get()) {
                  call(much, bytes, calls, nanos);
                  begun.countDown();
                }
              });
      try {
        begun.await();
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        for (int i = 0; i < shortCalls; i++) {
          Thread.sleep(1); // On a single CPU it is the timer that comes into the other's call.
          call(little, one, calls, nanos);
        }
      } finally {
        over.set(true);
        writer.join();
      }
    }
    return new ContendedFile(calls.get(), nanos.get());
  }

  private static void call(
      FileChannel channel, ByteBuffer bytes, AtomicLong calls, AtomicLong nanos) {
    long start = System.nanoTime();
    try {
      channel.write(bytes.clear(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nanos.addAndGet(System.nanoTime() - start);
    calls.incrementAndGet();
  }
}
