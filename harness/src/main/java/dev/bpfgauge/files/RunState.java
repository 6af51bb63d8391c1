package dev.bpfgauge.files;

import dev.bpfgauge.model.Completeness;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import java.util.Locale;

/** How far a run came, as a reader wants to know it: run.json cannot say that its writer died. */
public enum RunState {
  COMPLETE(""),
  /** A cell has no answer, see {@link Completeness}. */
  PARTIAL(""),
  INTERRUPTED("it was interrupted, and what follows is what there is of it"),
  /** Somebody writes its journal now. */
  RUNNING("it is still running, and what follows is what there is so far"),
  /** It says that it is running, and nobody writes its journal. */
  KILLED("its harness was killed, and what follows is what there is of it"),
  /** Its run.json is damaged. */
  UNREADABLE("");

  private final String remark;

  RunState(String remark) {
    this.remark = remark;
  }

  /** The word on the screen, e.g. {@code killed}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of a run in its folder. */
  public static RunState of(RunFolder folder) {
    try {
      return of(folder, folder.readInfo());
    } catch (Refusal damaged) {
      return UNREADABLE;
    }
  }

  private static RunState of(RunFolder folder, RunInfo info) {
    return switch (info.status()) {
      case COMPLETE -> COMPLETE;
      case PARTIAL -> PARTIAL;
      case INTERRUPTED -> INTERRUPTED;
      case RUNNING -> folder.isBeingWritten() ? RUNNING : KILLED;
    };
  }

  /**
   * What a reader of its figures must know.
   *
   * @return a sentence with the command that goes on with it, where one can; empty for a run that
   *     came to its end
   */
  public static String remark(RunFolder folder) {
    RunInfo info = folder.readInfo();
    RunState state = of(folder, info);
    if (state.remark.isEmpty()) {
      return "";
    }
    return folder.id()
        + ": "
        + state.remark
        + (state == RUNNING ? "." : "; `" + folder.resumeCommand() + "` goes on with it.");
  }
}
