package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.stacks.FrameTree;

/** What a tool shows: as text for people, as a JSON object for programs. */
public sealed interface Findings
    permits CountedStacks, Distributions, Rows, Stacks, ThreadDump, Timeline {

  /** Nothing counted. */
  boolean isEmpty();

  /** Writes it as users of BCC know it, in whole lines. */
  void print(StringBuilder text);

  /** Counts its stacks in a tree, which will be drawn; there are none but of tools with stacks. */
  default void addTo(FrameTree tree) {}

  /** The same as members of a JSON object. */
  void json(JsonText json);
}
