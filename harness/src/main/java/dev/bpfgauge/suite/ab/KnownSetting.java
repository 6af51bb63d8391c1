package dev.bpfgauge.suite.ab;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.suite.ab.Setting.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Settings of the machine that people ask about, by a short name; all can be changed while it runs
 * (Linux: Documentation/admin-guide/sysctl, admin-guide/mm).
 */
public enum KnownSetting {
  THP_ALWAYS(
      Kind.FILE,
      "/sys/kernel/mm/transparent_hugepage/enabled",
      "always",
      "huge pages wherever they fit"),
  THP_NEVER(
      Kind.FILE,
      "/sys/kernel/mm/transparent_hugepage/enabled",
      "never",
      "no transparent huge pages"),
  KSM(Kind.FILE, "/sys/kernel/mm/ksm/run", "1", "equal pages are merged"),
  SWAP_LATE(Kind.SYSCTL, "vm.swappiness", "1", "memory of programs is kept, page cache goes first"),
  NO_PROACTIVE_COMPACTION(
      Kind.SYSCTL, "vm.compaction_proactiveness", "0", "memory is compacted on demand alone"),
  NO_ASLR(Kind.SYSCTL, "kernel.randomize_va_space", "0", "the same addresses in each run"),
  BPF_STATS(Kind.SYSCTL, "kernel.bpf_stats_enabled", "1", "each run of a BPF program is timed"),
  BPF_JIT_HARDEN(
      Kind.SYSCTL,
      "net.core.bpf_jit_harden",
      "2",
      "constants of programs loaded from then on are blinded"),
  SCHEDSTATS(Kind.SYSCTL, "kernel.sched_schedstats", "1", "the scheduler's own statistics"),
  DELAY_ACCOUNTING(Kind.SYSCTL, "kernel.task_delayacct", "1", "what tasks wait for is accounted"),
  NO_AUTOGROUP(
      Kind.SYSCTL, "kernel.sched_autogroup_enabled", "0", "sessions do not share CPUs as groups"),
  NUMA_BALANCING(
      Kind.SYSCTL, "kernel.numa_balancing", "1", "pages move to the node that uses them"),
  NO_WATCHDOG(Kind.SYSCTL, "kernel.watchdog", "0", "nothing looks for stuck CPUs"),
  NO_TIMER_MIGRATION(Kind.SYSCTL, "kernel.timer_migration", "0", "timers stay on their CPU"),
  TCP_RENO(Kind.SYSCTL, "net.ipv4.tcp_congestion_control", "reno", "new connections use Reno"),
  BUSY_POLL(Kind.SYSCTL, "net.core.busy_poll", "50", "poll and select spin for 50 µs");

  private final Kind kind;
  private final String name;
  private final String value;
  private final String words;

  KnownSetting(Kind kind, String name, String value, String words) {
    this.kind = kind;
    this.name = name;
    this.value = value;
    this.words = words;
  }

  /** As it is typed: {@code thp-never}. */
  public String word() {
    return EnumWords.of(this);
  }

  /** The setting that it stands for, as {@link Setting#parse} reads it. */
  public String text() {
    return setting().text();
  }

  private Setting setting() {
    return new Setting(kind, name, value);
  }

  /** What it does. */
  public String words() {
    return words;
  }

  /** What this machine has now; empty where it has no such setting. */
  public Optional<String> now() {
    Path file = setting().file();
    try {
      return Files.exists(file)
          ? Optional.of(chosen(ForeignText.read(file).strip()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of("not readable");
    }
  }

  /** Of words to choose from, the one in brackets. */
  private static String chosen(String read) {
    int open = read.indexOf('[');
    int close = read.indexOf(']');
    return open >= 0 && close > open ? read.substring(open + 1, close) : read;
  }

  static Optional<KnownSetting> named(String word) {
    return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
  }
}
