package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RandomRun;
import dev.bpfgauge.model.ForkRecord;
import org.junit.jupiter.api.Test;

/** What guests write by hand, read by the library. */
class MessageTextTest {
  @Test
  void everyRowArrivesAsItWas() {
    for (ForkRecord fork : RandomRun.of(3, 300).forks()) {
      GuestMessage message =
          new GuestMessage(
              GuestMessage.ROW,
              fork.seq(),
              fork.status(),
              fork.reason(),
              fork.measurement(),
              fork.load());

      String text = MessageText.of(message);

      assertEquals(message, Json.parse(text, GuestMessage.class, "a message"));
      assertEquals(1, text.lines().count());
    }
  }

  @Test
  void whatIsNoRowHasNoStatus() {
    GuestMessage hello = GuestMessage.of(GuestMessage.HELLO, 0, "6.12.107 \"#1\"");

    assertEquals(hello, Json.parse(MessageText.of(hello), GuestMessage.class, "a message"));
  }
}
