package dev.bpfgauge.machine.stress;

import java.util.Locale;
import java.util.OptionalLong;

/** How much memory a load may take so that the target is met and the OOM killer never called. */
final class MemoryRoom {
  private static final long MEBI = 1 << 20;

  /** Left free at least, so that the harness, its forks and everything else can go on. */
  private static final long LEAST_HEAD_ROOM = 512 * MEBI;

  /** Distance from the target that still counts as reached, in points of MemTotal. */
  static final double TOLERANCE_POINTS = 5;

  private MemoryRoom() {}

  /** What must stay available while the load runs: 512 MiB or 5 % of the memory. */
  static long headRoomBytes(MemoryFigures memory) {
    return Math.max(LEAST_HEAD_ROOM, memory.totalBytes() / 20);
  }

  /**
   * The bytes to take so that the wanted share of MemTotal is in use.
   *
   * @param cgroupFreeBytes what the harness's own memory cgroup still allows, empty for no limit
   * @throws ProfileException where the machine cannot be put in this state; the message is the
   *     reason
   */
  static long bytesToTake(int usedPercent, MemoryFigures memory, OptionalLong cgroupFreeBytes) {
    long target = memory.totalBytes() / 100 * usedPercent;
    long take = target - (memory.totalBytes() - memory.availableBytes());
    if (memory.usedPercent() > usedPercent + TOLERANCE_POINTS) {
      throw new ProfileException(
          String.format(
                  Locale.ROOT,
                  "%.0f %% of the memory is in use already, more than the %d %% wanted: ",
                  memory.usedPercent(),
                  usedPercent)
              + (memory.hugeBytes() > memory.totalBytes() / 10
                  ? "%d MiB are set aside for huge pages: sysctl vm.nr_hugepages=0"
                      .formatted(memory.hugeBytes() / MEBI)
                  : "end something"));
    }
    requireRoom(usedPercent, take, memory, cgroupFreeBytes);
    return Math.max(take, 16 * MEBI);
  }

  /**
   * The bytes of a share of MemTotal, taken on top of what is in use.
   *
   * @param cgroupFreeBytes what the harness's own memory cgroup still allows, empty for no limit
   * @throws ProfileException where there is no room for them; the message is the reason
   */
  static long bytesOf(int percent, MemoryFigures memory, OptionalLong cgroupFreeBytes) {
    long take = memory.totalBytes() / 100 * percent;
    requireRoom(percent, take, memory, cgroupFreeBytes);
    return take;
  }

  private static void requireRoom(
      int percent, long take, MemoryFigures memory, OptionalLong cgroupFreeBytes) {
    long left = memory.availableBytes() - take;
    if (left < headRoomBytes(memory)) {
      throw new ProfileException(
          "%d %% of %d MiB would leave %d MiB available, fewer than the %d MiB kept as head-room"
                  .formatted(
                      percent,
                      memory.totalBytes() / MEBI,
                      left / MEBI,
                      headRoomBytes(memory) / MEBI)
              + " against the OOM killer: ask for less");
    }
    if (memory.promiseBytes() < take + LEAST_HEAD_ROOM) {
      throw new ProfileException(
          "%d MiB more are needed, but the kernel promises programs %d MiB more"
                  .formatted(take / MEBI, Math.max(0, memory.promiseBytes()) / MEBI)
              + " (vm.overcommit_memory is 2): sysctl vm.overcommit_memory=0");
    }
    if (cgroupFreeBytes.isPresent() && cgroupFreeBytes.getAsLong() < take + LEAST_HEAD_ROOM) {
      throw new ProfileException(
          "%d MiB more are needed, but the memory limit of this cgroup leaves %d MiB: raise the"
                  .formatted(take / MEBI, cgroupFreeBytes.getAsLong() / MEBI)
              + " container's memory limit");
    }
  }
}
