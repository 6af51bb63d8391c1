package dev.bpfgauge.model;

/**
 * Something the program will not or cannot do, said in one sentence for the user: what, where, and
 * the fix. Never shown with a stack trace.
 */
public class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose turn it is. */
  public enum Kind {
    /** The command line or a file of the user is wrong. */
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
