package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Timeline;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happens to a thread, in the order of bpf/tools/run-trace.h. */
enum RunEvent {
  BEGAN("begins", ""),
  LEFT("preempted", "by thread"),
  SLEPT("sleeps", "and leaves the CPU to thread"),
  STUCK("blocks (D)", "and leaves the CPU to thread"),
  WOKEN("woken", "on the time of thread"),
  CAME("runs", "on CPU"),
  HARD_BEGAN("hard interrupt", ""),
  SOFT_BEGAN("soft interrupt", ""),
  SERVED("end of interrupt", ""),
  ENDED("ends", "");

  private static final int MOMENTS = 64;
  private static final int COMM_BYTES = 16;

  /** Of run-trace.h; the moments are of two longs each. */
  static final CStruct PIECE =
      CStruct.of(
          "slow_piece",
          u64("began"),
          u64("ended"),
          u32("tid"),
          u32("tgid"),
          u32("call"),
          u32("compat"),
          u32("events"),
          u32("zero"),
          chars("comm", COMM_BYTES),
          u64s("moments", 2 * MOMENTS));

  /** Of run-trace.h. */
  static final CStruct MOMENT = CStruct.of("run_moment", u64("at"), u32("event"), u32("argument"));

  private final String word;
  private final String argument;

  RunEvent(String word, String argument) {
    this.word = word;
    this.argument = argument;
  }

  /** A piece that took long, moment by moment. */
  static Timeline timeline(MemorySegment piece, String place) {
    long began = PIECE.getLong(piece, "began");
    long nanos = PIECE.getLong(piece, "ended") - began;
    int tid = PIECE.getInt(piece, "tid");
    int pid = PIECE.getInt(piece, "tgid");
    String comm = Texts.of(piece.asSlice(PIECE.offset("comm"), COMM_BYTES));
    long events = Integer.toUnsignedLong(PIECE.getInt(piece, "events"));
    long first = Math.max(0, events - MOMENTS);
    List<Timeline.Moment> moments = new ArrayList<>();
    for (long i = first; i < events; i++) {
      long at = PIECE.offset("moments") + i % MOMENTS * MOMENT.size();
      moments.add(moment(piece.asSlice(at, MOMENT.size()), began));
    }
    Decimal millis = Decimal.millis(nanos);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("tid", tid);
    facts.put("pid", pid);
    facts.put("comm", comm);
    facts.put("in", place);
    facts.put("ms", millis);
    return new Timeline(
        "%s(%d) %s took %d.%03d ms"
            .formatted(comm, tid, place, nanos / 1_000_000, nanos / 1_000 % 1_000),
        facts,
        first,
        moments);
  }

  private static Timeline.Moment moment(MemorySegment moment, long began) {
    RunEvent event = values()[MOMENT.getInt(moment, "event")];
    long number = Integer.toUnsignedLong(MOMENT.getInt(moment, "argument"));
    String whose =
        switch (event) {
          case BEGAN, ENDED -> "";
          case HARD_BEGAN, SOFT_BEGAN, SERVED -> Long.toString(number);
          default -> event.argument + " " + number;
        };
    return new Timeline.Moment(
        Decimal.millis(moment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) - began), event.word, whose);
  }
}
