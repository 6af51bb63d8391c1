package dev.bpfgauge.machine.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.os.CpuTicks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gauges' parsers on captured text, and the gauges on trees of machines with sensors. */
class GaugesTest {

  private static final String NET_DEV =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
          lo:    6386      58    0    0    0     0          0         0     6386      58    0    0
        eth0: 187423655    4395    0    0    0     0          0         0   350218    3088    0    0
      docker0: 1000    4395    0    0    0     0          0         0   2000    3088    0    0
      """;

  private static final String DISKSTATS =
      """
         7       0 loop0 11 0 64 0 0 0 0 0 0 0 0 0 0 0 0 0 0
       254       0 vda 44198 10117 2870818 9497 7771 7546 1717752 3200 0 5076 13048 4914 28 124752
       254       1 vda1 44198 10117 2870818 9497 7771 7546 1717752 3200 0 5076 13048 4914 28 124752
      """;

  @TempDir Path folder;

  private void put(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private double[] read(Gauge gauge, double seconds) {
    double[] row = new double[gauge.columns().size()];
    gauge.read(seconds, row, 0);
    return row;
  }

  @Test
  void onlyInterfacesWithHardwareCount() throws IOException {
    put("proc/net/dev", NET_DEV);
    put("sys/class/net/eth0/device/vendor", "x");
    put("sys/class/net/docker0/address", "x");
    try (Gauge gauge = TrafficGauge.network(Roots.under(folder))) {
      put("proc/net/dev", NET_DEV.replace("187423655", "187424655").replace("1000 ", "9999 "));
      assertEquals(500, read(gauge, 2)[0]);
      assertEquals(List.of(""), gauge.columns().stream().map(c -> c.missing()).distinct().toList());
    }
  }

  @Test
  void withoutHardwareAllButLoopbackCount() throws IOException {
    put("proc/net/dev", NET_DEV);
    try (Gauge gauge = TrafficGauge.network(Roots.under(folder))) {
      put("proc/net/dev", NET_DEV.replace("6386", "9999").replace("2000 ", "2600 "));
      assertEquals(600, read(gauge, 1)[1]);
    }
  }

  @Test
  void wholeDisksCountInSectorsOf512Bytes() {
    var bytes = TrafficGauge.parseDisks(DISKSTATS, name -> name.equals("vda"));
    assertEquals(new TrafficGauge.Bytes(512L * 2870818, 512L * 1717752), bytes);
  }

  @Test
  void aDeviceThatGoesAwayIsAGapAndNoNegativeRate() throws IOException {
    put("proc/diskstats", DISKSTATS);
    put("sys/block/vda/device/vendor", "x");
    try (Gauge gauge = TrafficGauge.disks(Roots.under(folder))) {
      put("proc/diskstats", "");
      assertTrue(Double.isNaN(read(gauge, 1)[0]));
    }
  }

  @Test
  void pressureIsTheShareOfSomeTasksInTenSeconds() {
    String captured =
        """
        some avg10=83.11 avg60=53.49 avg300=21.46 total=111073920
        full avg10=0.00 avg60=0.00 avg300=0.00 total=0
        """;
    assertEquals(83.11, PressureGauge.someAvg10(captured));
    assertTrue(Double.isNaN(PressureGauge.someAvg10("")));
  }

  @Test
  void whatIsNotThereSaysWhy() {
    Roots none = Roots.under(folder);
    try (PressureGauge pressure = new PressureGauge(none);
        HeatGauge heat = new HeatGauge(none);
        PowerGauge power = new PowerGauge(none);
        FrequencyGauge frequency = new FrequencyGauge(none)) {
      for (Gauge gauge : List.of(pressure, heat, power, frequency)) {
        gauge.columns().forEach(column -> assertTrue(!column.missing().isEmpty(), column.name()));
      }
    }
  }

  @Test
  void theHottestCpuSensorIsRead() throws IOException {
    put("sys/class/hwmon/hwmon0/name", "nvme\n");
    put("sys/class/hwmon/hwmon0/temp1_input", "90000\n");
    put("sys/class/hwmon/hwmon1/name", "coretemp\n");
    put("sys/class/hwmon/hwmon1/temp1_input", "54000\n");
    put("sys/class/hwmon/hwmon2/name", "coretemp\n");
    put("sys/class/hwmon/hwmon2/temp1_input", "61000\n");
    try (HeatGauge gauge = new HeatGauge(Roots.under(folder))) {
      assertEquals(61, read(gauge, 1)[0]);
    }
  }

  @Test
  void energyCountersBecomePowerAcrossTheirWrap() throws IOException {
    put("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
    put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    put("sys/class/powercap/intel-rapl:0:0/energy_uj", "7\n");
    try (PowerGauge gauge = new PowerGauge(Roots.under(folder))) {
      put("sys/class/powercap/intel-rapl:0/energy_uj", "31000000\n");
      assertEquals(15, read(gauge, 2)[0]);
    }
    assertEquals(1.5, PackageEnergy.joules(262143328850L - 500_000, 1_000_000, 262143328850L));
    assertTrue(Double.isNaN(PackageEnergy.joules(-1, 5, 10)));
  }

  @Test
  void energyIsThatOfAllPackagesSinceItWasAskedLast() throws IOException {
    try (PackageEnergy none = new PackageEnergy(Roots.under(folder))) {
      assertTrue(Double.isNaN(none.joules()), "what is not there is not zero");
    }
    put("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
    put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    put("sys/class/powercap/intel-rapl:1/energy_uj", "262143000000\n");
    put("sys/class/powercap/intel-rapl:1/max_energy_range_uj", "262143328850\n");
    try (PackageEnergy energy = new PackageEnergy(Roots.under(folder))) {
      put("sys/class/powercap/intel-rapl:0/energy_uj", "3000000\n");
      put("sys/class/powercap/intel-rapl:1/energy_uj", "671150\n");
      assertEquals(3, energy.joules(), 1e-9);
      assertEquals(0, energy.joules(), 1e-9);
    }
  }

  @Test
  void aMachineWithManyFrequencyDomainsIsAskedForEight() throws IOException {
    for (int policy = 0; policy < 128; policy++) {
      String mhz = policy % 16 == 0 ? "3000000\n" : "1000000\n";
      put("sys/devices/system/cpu/cpufreq/policy" + policy + "/scaling_cur_freq", mhz);
    }
    try (FrequencyGauge gauge = new FrequencyGauge(Roots.under(folder))) {
      assertEquals(3000, read(gauge, 1)[0]);
    }
  }

  @Test
  void aTicksShareIsOfAllKinds() {
    CpuTicks before = CpuTicks.parse("cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n");
    CpuTicks now = CpuTicks.parse("cpu  1 1 1 1 1 1 1 1 0 0\ncpu0 60 0 0 30 0 0 0 10 0 0\n");
    assertEquals(10, CpuTicks.share(now.since(before), CpuTicks.STEAL));
    assertEquals(70, CpuTicks.used(now.since(before)));
    assertTrue(Double.isNaN(CpuTicks.used(now.since(now))));
  }

  /** Before, the line of all CPUs was taken, and the second line for CPU 1 whatever its number. */
  @Test
  void aCpuThatGoesOfflineLeavesItsColumnEmptyAndTheTotalRight() throws IOException {
    put(
        "proc/stat",
        stat(1000, "cpu0 100 0 0 100 0 0 0 0", "cpu1 0 0 0 200 0 0 0 0", "cpu2 0 0 0 200 0 0 0 0"));
    try (CpuGauge gauge = new CpuGauge(Roots.under(folder))) {
      List<String> names = gauge.columns().stream().map(c -> c.name()).toList();
      int first = names.indexOf("cpu0");
      assertEquals(List.of("cpu0", "cpu1", "cpu2"), names.subList(first, names.size()));

      put(
          "proc/stat",
          stat(
              1200,
              "cpu0 200 0 0 100 0 0 0 0",
              "cpu1 0 0 0 300 0 0 0 0",
              "cpu2 50 0 0 250 0 0 0 0"));
      double[] row = read(gauge, 1);
      assertEquals(50, row[0]);
      assertEquals(List.of(), gauge.news());

      // What CPU 1 idled is counted otherwise now, so the first line jumps.
      put("proc/stat", stat(99_000, "cpu0 300 0 0 100 0 0 0 0", "cpu2 150 0 0 250 0 0 0 0"));
      row = read(gauge, 1);
      assertEquals(100, row[0]);
      assertEquals(100, row[first]);
      assertTrue(Double.isNaN(row[first + 1]), "CPU 1 is empty, not 0");
      assertEquals(100, row[first + 2], "CPU 2 is not taken for CPU 1");
      assertEquals(
          List.of("CPU 1 went offline: its column is empty, and use is of the others"),
          gauge.news());
      assertEquals(List.of(), gauge.news(), "once");

      put(
          "proc/stat",
          stat(
              1500,
              "cpu0 300 0 0 200 0 0 0 0",
              "cpu1 0 0 0 310 0 0 0 0",
              "cpu2 150 0 0 350 0 0 0 0"));
      row = read(gauge, 1);
      assertEquals(0, row[0]);
      assertTrue(Double.isNaN(row[first + 1]), "no reading to take a difference to");
      assertEquals(List.of("CPU 1 came online"), gauge.news());
    }
  }

  private static String stat(long idleOfAll, String... cpus) {
    return "cpu  1 0 0 "
        + idleOfAll
        + " 0 0 0 0\n"
        + String.join("\n", cpus)
        + "\nintr 5 0 1\nctxt 7\n";
  }

  @Test
  void aClockThatIsSetIsNoticedAndOneThatIsSlewedIsNot() {
    ClockWatch watch = new ClockWatch(1_000_000, 0);
    assertTrue(watch.observe(1_001_005, 1000).isEmpty());
    String jump = watch.observe(1_001_005 + 3_601_000, 2000).orElse("");
    assertTrue(jump.startsWith("the clock was set by +3600.000 s at 2.000 s"), jump);
    assertTrue(watch.observe(1_001_005 + 3_602_000, 3000).isEmpty(), "once");
    assertTrue(watch.observe(1_001_005, 4000).orElse("").contains("-3603.000 s"));
  }
}
