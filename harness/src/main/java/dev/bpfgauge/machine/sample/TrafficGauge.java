package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import dev.bpfgauge.machine.host.Roots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Bytes a second through network interfaces or disks, summed over those with hardware behind them:
 * a bridge, bond, loop or device-mapper device would count the same bytes twice. Where there is no
 * such device, all but the loopback count.
 */
final class TrafficGauge implements Gauge {

  /** Bytes in and out since boot. */
  record Bytes(long in, long out) {
    Bytes plus(long moreIn, long moreOut) {
      return new Bytes(in + moreIn, out + moreOut);
    }
  }

  private interface Parser {
    Bytes parse(String text, Predicate<String> counted);
  }

  private final List<Column> columns;
  private final Optional<KernelFile> file;
  private final Parser parser;
  private final Predicate<String> counted;
  private Bytes before = new Bytes(0, 0);

  private TrafficGauge(Path path, List<Column> full, Parser parser, Predicate<String> counted) {
    this.parser = parser;
    this.counted = counted;
    Optional<KernelFile> opened;
    String missing = "";
    try {
      KernelFile made = new KernelFile(path);
      opened = Optional.of(made);
      before = parser.parse(made.read(), counted);
    } catch (IOException e) {
      opened = Optional.empty();
      missing = path + " cannot be read";
    }
    String reason = missing;
    file = opened;
    columns = full.stream().map(column -> column.without(reason)).toList();
  }

  static TrafficGauge network(Roots roots) {
    return new TrafficGauge(
        roots.proc().resolve("net/dev"),
        List.of(
            new Column("net_rx", "bytes/s", "received by network interfaces (/proc/net/dev)"),
            new Column("net_tx", "bytes/s", "sent by network interfaces (/proc/net/dev)")),
        TrafficGauge::parseNetwork,
        withHardware(roots.sys().resolve("class/net"), name -> !name.equals("lo")));
  }

  /** What this machine sends to itself, which {@link #network} leaves out. */
  static TrafficGauge loopback(Roots roots) {
    return new TrafficGauge(
        roots.proc().resolve("net/dev"),
        List.of(
            new Column("loopback_rx", "bytes/s", "received over the loopback (/proc/net/dev)"),
            new Column("loopback_tx", "bytes/s", "sent over the loopback (/proc/net/dev)")),
        TrafficGauge::parseNetwork,
        name -> name.equals("lo"));
  }

  static TrafficGauge disks(Roots roots) {
    return new TrafficGauge(
        roots.proc().resolve("diskstats"),
        List.of(
            new Column("disk_read", "bytes/s", "read from disks (/proc/diskstats)"),
            new Column("disk_write", "bytes/s", "written to disks (/proc/diskstats)")),
        TrafficGauge::parseDisks,
        withHardware(roots.sys().resolve("block"), name -> false));
  }

  private static Predicate<String> withHardware(Path folder, Predicate<String> otherwise) {
    boolean any = false;
    try (var all = Files.list(folder)) {
      any = all.anyMatch(one -> Files.exists(one.resolve("device")));
    } catch (IOException e) {
      // No sysfs: the names decide.
    }
    Map<String, Boolean> known = new HashMap<>();
    return any
        ? name ->
            known.computeIfAbsent(name, one -> Files.exists(folder.resolve(one).resolve("device")))
        : otherwise;
  }

  /** proc_pid_net(5): name, colon, 8 columns of receiving, 8 of sending; bytes come first. */
  static Bytes parseNetwork(String text, Predicate<String> counted) {
    Bytes sum = new Bytes(0, 0);
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0 && counted.test(line.substring(0, colon).strip())) {
        String[] fields = line.substring(colon + 1).strip().split("\\s+", -1);
        sum = sum.plus(Long.parseLong(fields[0]), Long.parseLong(fields[8]));
      }
    }
    return sum;
  }

  /** Documentation/admin-guide/iostats.rst; a sector is 512 bytes there, whatever the disk's. */
  static Bytes parseDisks(String text, Predicate<String> counted) {
    Bytes sum = new Bytes(0, 0);
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("\\s+", 11);
      if (fields.length > 10 && counted.test(fields[2])) {
        sum = sum.plus(512 * Long.parseLong(fields[5]), 512 * Long.parseLong(fields[9]));
      }
    }
    return sum;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public void read(double seconds, double[] row, int at) {
    if (file.isEmpty()) {
      return;
    }
    try {
      Bytes now = parser.parse(file.get().read(), counted);
      // A device that was taken away takes its bytes with it.
      row[at] = now.in() < before.in() ? Double.NaN : (now.in() - before.in()) / seconds;
      row[at + 1] = now.out() < before.out() ? Double.NaN : (now.out() - before.out()) / seconds;
      before = now;
    } catch (IOException e) {
      row[at] = Double.NaN;
      row[at + 1] = Double.NaN;
    }
  }

  @Override
  public void close() {
    file.ifPresent(KernelFile::close);
  }
}
