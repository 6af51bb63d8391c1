package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;

/** What a tool shows: as text for people, as a JSON object for programs. */
public sealed interface Findings permits Distributions, Rows, Stacks, ThreadDump, Timeline {

  /** Nothing counted. */
  boolean isEmpty();

  /** Writes it as users of BCC know it, in whole lines. */
  void print(StringBuilder text);

  /** The same as members of a JSON object. */
  void json(JsonText json);
}
