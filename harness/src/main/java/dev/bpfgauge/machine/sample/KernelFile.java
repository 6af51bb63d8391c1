package dev.bpfgauge.machine.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of /proc or /sys that is read again and again: kept open and read from its start, which
 * makes the kernel write it anew.
 */
final class KernelFile implements AutoCloseable {

  private final FileChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocate(1024);

  KernelFile(Path path) throws IOException {
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  String read() throws IOException {
    buffer.clear();
    int read;
    while ((read = channel.read(buffer, buffer.position())) >= 0 && read != 0) {
      if (!buffer.hasRemaining()) {
        buffer = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.flip());
      }
    }
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  /** The file as one number. */
  long readLong() throws IOException {
    return Long.parseLong(read().strip());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Opened for reading: nothing is lost.
    }
  }
}
