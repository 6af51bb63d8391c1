package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.NativeCode;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A call of a function that is nothing but a USDT probe, in a {@link ProbeFile} that lies in memory
 * and ends with its descriptor.
 */
final class StaticProbe implements Traced {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_EXEC = 16; // Linux 6.3; before, every memfd could be executed
  private static final int PROT_READ_EXEC = 1 | 4;
  private static final int MAP_PRIVATE = 2;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = Errno.allocate(arena);
  private final int file;
  private final MemorySegment mapped;
  private final MemorySegment function;

  /**
   * Maps the file.
   *
   * @throws Refusal where this machine lets no such file be executed
   */
  StaticProbe() {
    byte[] bytes = ProbeFile.of(ProbeFile.Machine.of(System.getProperty("os.arch", "")));
    file = create();
    MemorySegment content = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    boolean written = file >= 0 && LibC.write(errno, file, content, bytes.length) == bytes.length;
    MemorySegment at =
        written
            ? LibC.mmap(
                errno, MemorySegment.NULL, bytes.length, PROT_READ_EXEC, MAP_PRIVATE, file, 0)
            : MemorySegment.ofAddress(-1);
    if (at.address() == -1) {
      int why = Errno.of(errno);
      closeFile();
      throw Refusal.environment(
          KernelsAnswer.DENIED
              .says("code in a file of its own (memfd_create, mmap), errno %d")
              .formatted(why));
    }
    mapped = at.reinterpret(bytes.length);
    function = mapped.asSlice(ProbeFile.FUNCTION);
  }

  private int create() {
    MemorySegment name = arena.allocateFrom("bpfgauge-usdt");
    int fd = LibC.memfd_create(errno, name, MFD_CLOEXEC | MFD_EXEC);
    return fd < 0 && Errno.of(errno) == Errno.EINVAL
        ? LibC.memfd_create(errno, name, MFD_CLOEXEC)
        : fd;
  }

  @Override
  public void operate(int count) {
    for (int i = 0; i < count; i++) {
      NativeCode.call(function);
    }
  }

  @Override
  public Attachment attach(BpfProgram program) {
    Path path = Path.of("/proc/self/fd/" + file);
    return program.attachUsdt(path, ProbeFile.PROVIDER, ProbeFile.PROBE)::close;
  }

  @Override
  public void close() {
    LibC.munmap(errno, mapped, mapped.byteSize());
    closeFile();
  }

  private void closeFile() {
    if (file >= 0) {
      LibC.close(errno, file);
    }
    arena.close();
  }
}
