package dev.bpfgauge.model;

/**
 * Something the program will not or cannot do, said in one sentence for the user: what, where, and
 * the fix. Never shown with a stack trace.
 */
public class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose turn it is. */
  public enum Kind {
    /** An option, or a word that one takes, is wrong: the command's help says what is right. */
    OPTION,
    /** What the command line names is wrong, e.g. a file of the user. */
    USAGE,
    /** This machine cannot do it. */
    ENVIRONMENT
  }

  private final Kind kind;

  public Refusal(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Refusal(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Of an option. */
  public static Refusal option(String message) {
    return new Refusal(Kind.OPTION, message);
  }

  public static Refusal usage(String message) {
    return new Refusal(Kind.USAGE, message);
  }

  public static Refusal environment(String message) {
    return new Refusal(Kind.ENVIRONMENT, message);
  }

  public Kind kind() {
    return kind;
  }
}
