package dev.bpfgauge.libbpf;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Whether a native thing is still there. Calls hold it open while they run; closing waits for them.
 * Without this a file descriptor closed in one thread and given to another map meanwhile would be
 * used by a call that thinks of the old map, and write values of the wrong size into its memory.
 */
final class Lifetime {

  private final String what;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * @param what names the thing in the message of a use after close, e.g. {@code map counts}
   */
  Lifetime(String what) {
    this.what = what;
  }

  int call(String call, IntSupplier body) {
    return get(call, body::getAsInt);
  }

  <T> T get(String call, Supplier<T> body) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(call + ": " + what + " is closed");
      }
      return body.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  boolean isClosed() {
    lock.readLock().lock();
    try {
      return closed;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Runs {@code release} the first time, and nothing afterwards. */
  void close(Runnable release) {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException("close: " + what + " is in use by this very thread");
    }
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        release.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
