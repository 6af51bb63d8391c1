package dev.bpfgauge.tool;

import java.io.PrintWriter;
import java.util.Map;

/** What a tool shows: as text for people, as a JSON object for programs. */
public sealed interface Findings permits Distributions, Rows, Stacks {

  /** Nothing counted. */
  boolean isEmpty();

  /** Writes it as users of BCC know it. */
  void print(PrintWriter out);

  /** The same as values that become JSON: maps, lists, texts and numbers. */
  Map<String, Object> json();
}
