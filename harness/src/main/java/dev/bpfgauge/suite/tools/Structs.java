package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32s;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.ffm.CStruct;
import java.util.List;

/** The structs of bpf/tools that Java reads or writes. A test holds them against the objects. */
final class Structs {
  static final int COMM_BYTES = 16;

  /** Of tcpsubnet.h. */
  static final int MOST_SUBNETS = 32;

  /** Of biosnoop.h. */
  static final CStruct IO =
      CStruct.of(
          "io",
          u64("ended"),
          u64("latency"),
          u64("queued"),
          u64("sector"),
          u32("bytes"),
          u32("disk"),
          u32("flags"),
          u32("tgid"),
          chars("comm", COMM_BYTES));

  /** Of offwaketime.h. */
  static final CStruct PAIR =
      CStruct.of(
          "pair",
          u32("target_tid"),
          u32("target_tgid"),
          u32("waker_tid"),
          u32("waker_tgid"),
          u64("target_kernel"),
          u64("target_user"),
          u64("waker_kernel"),
          u64("waker_user"),
          chars("target_comm", COMM_BYTES),
          chars("waker_comm", COMM_BYTES));

  /** Of offwaketime.h. */
  static final CStruct WAITED = CStruct.of("waited", u64("ns"), u64("times"));

  /** Of filetop.h. */
  static final CStruct FILE_KEY = CStruct.of("file_key", u64("inode"), u32("device"), u32("tid"));

  /** Of filetop.h. */
  static final CStruct FILE_USE =
      CStruct.of(
          "file_use",
          u64("reads"),
          u64("writes"),
          u64("read_bytes"),
          u64("written_bytes"),
          u32("tgid"),
          u32("type"),
          chars("comm", COMM_BYTES),
          chars("name", 32));

  /** Of hist.h; the sum and the slots are read as one array. */
  static final CStruct KEYED_HIST =
      CStruct.of(
          "keyed_hist",
          u64("total_ns"),
          u64s("slots", Histograms.SLOTS),
          chars("comm", COMM_BYTES));

  /** Of tcpsubnet.h. */
  static final CStruct SUBNET =
      CStruct.of("subnet", u32s("address", 4), u32s("mask", 4), u32("four"));

  /** Of tcpsubnet.h. */
  static final CStruct SENT =
      CStruct.of("sent", u64s("bytes", MOST_SUBNETS), u64s("calls", MOST_SUBNETS));

  /** All of them, each with the object that has it. */
  static final List<CStruct> ALL =
      List.of(IO, PAIR, WAITED, FILE_KEY, FILE_USE, KEYED_HIST, SUBNET, SENT);

  private Structs() {}
}
