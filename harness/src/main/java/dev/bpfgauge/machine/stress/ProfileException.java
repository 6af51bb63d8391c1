package dev.bpfgauge.machine.stress;

import dev.bpfgauge.model.Refusal;

/**
 * A profile that cannot be used: not found, not valid, or not possible on this machine. The message
 * is one sentence for the user: what, where (file and line), and the fix.
 */
public final class ProfileException extends Refusal {
  private static final long serialVersionUID = 1L;

  public ProfileException(String message) {
    super(Kind.USAGE, message);
  }

  ProfileException(Kind kind, String message) {
    super(kind, message);
  }

  public ProfileException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }
}
