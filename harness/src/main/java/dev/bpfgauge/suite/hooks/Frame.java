package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/**
 * A frame of 64 bytes, of a protocol that nobody answers, sent into one end of a veth pair: the
 * program is at the other end. The whole way, from the system call to the end of reception, is on
 * one CPU, so that nanoseconds a frame are that CPU's.
 */
final class Frame implements Traced {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int FRAME_BYTES = 64;
  private static final int CARRIER_TRIES = 5000;
  private static final int ADDRESS_BYTES = 20; // struct sockaddr_ll
  private static final short EXPERIMENTAL = (short) 0x88B5; // IEEE 802 Local Experimental 1

  private final BiFunction<BpfProgram, Integer, Attachment> attach;
  private final Network network = new Network();
  private final MemorySegment frame;
  private final int receiver;
  private final int socket;

  /**
   * @param attach hangs the program on the device of that number
   */
  Frame(BiFunction<BpfProgram, Integer, Attachment> attach) {
    this.attach = attach;
    try {
      network.pair("gauge0", "gauge1");
      receiver = network.index("gauge1");
      frame = network.allocate(FRAME_BYTES);
      frame.asSlice(0, 6).fill((byte) 0xff);
      frame.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 12, EXPERIMENTAL);
      MemorySegment address = network.allocate(ADDRESS_BYTES);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(ValueLayout.JAVA_INT, 4, network.index("gauge0"));
      socket = network.socket(AF_PACKET, SOCK_RAW, 0);
      network.bind(socket, address);
      awaitCarrier();
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Until the kernel's own thread has seen that the pair is up, it drops frames and says nothing.
   */
  private void awaitCarrier() {
    for (int i = 0; i < CARRIER_TRIES && arrived() == 0; i++) {
      operate(1);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    if (arrived() == 0) {
      network.closeDescriptor(socket);
      throw new IllegalStateException("no frame comes through the veth pair");
    }
  }

  @Override
  public void operate(int count) {
    for (int i = 0; i < count; i++) {
      if (LibC.send(socket, frame, FRAME_BYTES, 0) != FRAME_BYTES) {
        throw new IllegalStateException("a frame was not sent");
      }
    }
  }

  /** Frames that reached the end where the program is, since the pair was made. */
  long arrived() {
    return network.received("gauge1");
  }

  /**
   * Waits some milliseconds for the last frames.
   *
   * @throws IllegalStateException where some were lost
   */
  void requireArrived(long wanted) {
    for (int i = 0; i < 100 && arrived() < wanted; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    long arrived = arrived();
    if (arrived < wanted) {
      throw new IllegalStateException(
          "%d frames of %d were lost".formatted(wanted - arrived, wanted));
    }
  }

  @Override
  public Attachment attach(BpfProgram program) {
    return attach.apply(program, receiver);
  }

  @Override
  public void close() {
    network.closeDescriptor(socket);
    network.close();
  }
}
