package dev.bpfgauge.run;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.host.SavedState;
import dev.bpfgauge.machine.stress.Leftover;
import dev.bpfgauge.machine.stress.Load;
import java.util.ArrayList;
import java.util.List;

/** What a harness that was killed left on the machine, and its removal. */
public final class Leftovers {
  private Leftovers() {}

  /**
   * Ends the stressors of dead harnesses.
   *
   * @return what was ended, one sentence each; empty where nothing was left
   */
  public static List<String> endStressors() {
    List<String> ended = new ArrayList<>();
    for (Leftover leftover : Load.leftovers()) {
      String what = leftover.toString();
      leftover.end();
      ended.add("ended " + what);
    }
    return ended;
  }

  /** Puts back the settings that a dead harness had changed; call with the instance lock held. */
  public static SavedState.Restored restoreSettings() {
    return SavedState.in(SavedState.defaultFolder(), Roots.SYSTEM).restore();
  }
}
