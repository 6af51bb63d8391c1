package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.stacks.ElfSymbols;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What a user wants probed. */
sealed interface ProbedEvent {
  String CALL = "on_call";
  String RETURN = "on_return";
  String EVENT = "on_event";

  /** As the user wrote it, or nearly. */
  String name();

  /** Programs of kprobe.bpf.c that it takes. */
  Set<String> programs(boolean times);

  /** Attaches those programs of a loaded object. */
  void attach(BpfObject object, boolean times);

  /** The kernel's hook, e.g. {@code kprobe vfs_read}. */
  String hook();

  /** A function of the kernel. */
  record KernelFunction(String name) implements ProbedEvent {
    @Override
    public Set<String> programs(boolean times) {
      return times ? Set.of(CALL, RETURN) : Set.of(CALL);
    }

    @Override
    public void attach(BpfObject object, boolean times) {
      // The return first: a call that is seen is waited for.
      if (times) {
        attach(object.program(RETURN), true);
      }
      attach(object.program(CALL), false);
    }

    private void attach(BpfProgram program, boolean onReturn) {
      try {
        program.attachKprobe(onReturn, name);
      } catch (BpfException e) {
        throw Refusal.environment(
            "kprobe %s: %s.".formatted(name, new AttachTarget("kprobe", name).missing(e)));
      }
    }

    @Override
    public String hook() {
      return "kprobe " + name;
    }
  }

  /** A tracepoint. */
  record TracepointEvent(String category, String event) implements ProbedEvent {
    @Override
    public String name() {
      return category + ":" + event;
    }

    @Override
    public Set<String> programs(boolean times) {
      return Set.of(EVENT);
    }

    @Override
    public void attach(BpfObject object, boolean times) {
      try {
        object.program(EVENT).attachTracepoint(category, event);
      } catch (BpfException e) {
        throw Refusal.environment(
            "tracepoint %s: %s."
                .formatted(
                    name(), new AttachTarget("tracepoint", category + "/" + event).missing(e)));
      }
    }

    @Override
    public String hook() {
      return "tracepoint " + name();
    }
  }

  /**
   * A function of a file.
   *
   * @param offset where in the file it begins, in bytes
   */
  record FileFunction(Path file, String function, long offset) implements ProbedEvent {
    @Override
    public String name() {
      return Shown.name(file.getFileName() + ":" + function);
    }

    @Override
    public Set<String> programs(boolean times) {
      return times ? Set.of(CALL, RETURN) : Set.of(CALL);
    }

    @Override
    public void attach(BpfObject object, boolean times) {
      if (times) {
        object.program(RETURN).attachUprobeToAll(true, file, offset);
      }
      object.program(CALL).attachUprobeToAll(false, file, offset);
    }

    @Override
    public String hook() {
      return "uprobe " + name();
    }
  }

  /**
   * What the user wrote: {@code FUNCTION}, {@code kprobe:FUNCTION}, {@code
   * tracepoint:CATEGORY:NAME}, {@code uprobe:FILE:FUNCTION}.
   *
   * @throws Refusal where that is none of them, or there is no such thing here
   */
  static ProbedEvent of(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length == 1) {
      return function(text);
    }
    if (parts[0].equals("kprobe") && parts.length == 2) {
      return function(parts[1]);
    }
    if (parts[0].equals("tracepoint") && parts.length == 3) {
      return tracepoint(parts[1], parts[2]);
    }
    if (parts[0].equals("uprobe") && parts.length > 2) {
      int last = text.lastIndexOf(':');
      return file(text.substring("uprobe:".length(), last), text.substring(last + 1));
    }
    throw notAnEvent(text);
  }

  private static Refusal notAnEvent(String text) {
    return Refusal.option(
        "--event %s is to be FUNCTION, tracepoint:CATEGORY:NAME or uprobe:FILE:FUNCTION."
            .formatted(text.isBlank() ? "is blank; it" : Shown.name(text)));
  }

  private static ProbedEvent function(String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
      throw notAnEvent(name);
    }
    require("kprobe", name);
    return new KernelFunction(name);
  }

  private static ProbedEvent tracepoint(String category, String name) {
    if (!(category + name).matches("[A-Za-z0-9_.-]+")) {
      throw notAnEvent("tracepoint:" + category + ":" + name);
    }
    require("tracepoint", category + "/" + name);
    return new TracepointEvent(category, name);
  }

  private static void require(String hook, String target) {
    Optional<String> missing = new AttachTarget(hook, target).missing();
    if (missing.isPresent()) {
      throw Refusal.option("--event: " + missing.get() + ".");
    }
  }

  private static ProbedEvent file(String name, String function) {
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw Refusal.option("--event: there is no file %s.".formatted(Shown.name(name)));
    }
    ElfSymbols symbols = ElfSymbols.read(file);
    long offset =
        symbols
            .offset(function)
            .orElseThrow(() ->
                Refusal.option(
                    "--event: %s has no function %s%s."
                        .formatted(
                            Shown.name(name),
                            Shown.name(function),
                            symbols.names().isEmpty()
                                ? ": it names none, or is no ELF file of up to 256 MiB"
                                : AttachTarget.near(function, symbols.names()))));
    return new FileFunction(file.toAbsolutePath(), function, offset);
  }
}
