package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits for one of the kernel's locks: a thread of this process writes much to an open file at a
 * time, another one a byte. Each of these calls has the mutex of the file's position (f_pos_lock)
 * until it returns. (For the file's i_rwsem a thread that spins first is said to wait only if it
 * has to sleep afterwards, which on a quiet machine it has not.)
 *
 * @param calls how many there were at most, of which each waits once or not at all
 * @param nanos how long all of them took: no less than they waited
 */
record ContendedFile(long calls, long nanos) {
  /** What {@link LockKind} calls that lock. */
  static final String LOCK = "mutex";

  private static final int MUCH = 1 << 20;

  /** The JDK writes this much or more by a call: there are so many of them at most. */
  private static final int A_CALL = 1 << 13;

  /** Makes them. */
  static ContendedFile of(int shortCalls) throws InterruptedException {
    try {
      Path file = Scratch.newFile("contended", "");
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
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                byte[] bytes = new byte[MUCH];
                while (!over.get()) {
                  call(open, 0, bytes, calls, nanos);
                  begun.countDown();
                }
              });
      try {
        begun.await();
        byte[] one = new byte[1];
        for (int i = 0; i < shortCalls; i++) {
          Thread.sleep(1); // On a single CPU it is the timer that comes into the other's call.
          call(open, -1, one, calls, nanos);
        }
      } finally {
        over.set(true);
        writer.join();
      }
    }
    return new ContendedFile(calls.get(), nanos.get());
  }

  /**
   * Writes.
   *
   * @param place where in the file; negative: where it is
   */
  private static void call(
      RandomAccessFile open, long place, byte[] bytes, AtomicLong calls, AtomicLong nanos) {
    long start = System.nanoTime();
    try {
      if (place >= 0) {
        open.seek(place);
        calls.incrementAndGet();
      }
      open.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nanos.addAndGet(System.nanoTime() - start);
    calls.addAndGet(1 + bytes.length / A_CALL);
  }
}
