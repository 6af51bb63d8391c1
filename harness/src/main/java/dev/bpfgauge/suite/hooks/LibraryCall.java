package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** abs(3) of libc, a function of four instructions; its code gets the breakpoint. */
final class LibraryCall implements Traced {
  private final boolean onReturn;
  private final Place place;

  /**
   * @param onReturn the program runs when the function returns, else when it begins
   */
  LibraryCall(boolean onReturn) {
    this.onReturn = onReturn;
    try {
      place =
          Place.of(
              ForeignText.readLines(Path.of("/proc/self/maps")),
              LibC.address("abs").orElseThrow().address());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read /proc/self/maps", e);
    }
  }

  /**
   * Code in a file.
   *
   * @param offset from the file's beginning, in bytes
   */
  record Place(Path file, long offset) {

    /**
     * Where an address of this process comes from.
     *
     * @param maps lines of /proc/PID/maps (proc_pid_maps(5))
     * @throws IllegalStateException where it lies in no file
     */
    static Place of(List<String> maps, long address) {
      for (String line : maps) {
        String[] fields = line.split(" +", 6);
        String[] range = fields[0].split("-", 2);
        long start = Long.parseUnsignedLong(range[0], 16);
        if (address >= start
            && address < Long.parseUnsignedLong(range[1], 16)
            && fields.length == 6
            && fields[5].startsWith("/")) {
          return new Place(
              Path.of(fields[5]), address - start + Long.parseUnsignedLong(fields[2], 16));
        }
      }
      throw new IllegalStateException("libc's abs lies in no file");
    }
  }

  @Override
  public void operate(int count) {
    for (int i = 0; i < count; i++) {
      LibC.abs(-i);
    }
  }

  @Override
  public Attachment attach(BpfProgram program) {
    return program.attachUprobe(onReturn, place.file, place.offset)::close;
  }
}
