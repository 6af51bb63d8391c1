package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What guests are asked to be. */
class GuestBoardTest {
  private static final GuestBoard ASKED = new GuestBoard("6.12.117-amd64", 64, 1, 1024);

  @Test
  void whatIsAskedForReachesTheGuestAsOneWord() {
    assertEquals(Optional.of(ASKED), GuestBoard.ofText(ASKED.text()));
    assertEquals(Optional.empty(), GuestBoard.ofText(""));
    assertEquals(Optional.empty(), GuestBoard.ofText("6.12.117-amd64,64"), "cut");
  }

  @Test
  void eachDifferenceIsNamed() {
    assertEquals(Optional.empty(), new GuestBoard("6.12.117-amd64", 64, 1, 974).difference(ASKED));
    String all = new GuestBoard("6.1.0", 1, 2, 480).difference(ASKED).orElseThrow();
    assertTrue(all.contains("its kernel is 6.1.0, not 6.12.117-amd64"), all);
    assertTrue(all.contains("it has 1 possible processors, not 64"), all);
    assertTrue(all.contains("2 processors run, not 1"), all);
    assertTrue(all.contains("it has 480 MB of memory, not 1024"), all);
  }

  @Test
  void whatTheUsersParametersDecideIsNotAskedFor() {
    GuestBoard free = new GuestBoard("6.1.0", 0, 0, 0);
    assertEquals(Optional.empty(), new GuestBoard("6.1.0", 7, 3, 200).difference(free));
  }

  /** ACPI: length and a sum of all bytes that is 0; one entry of type 0 for each processor. */
  @Test
  void theTableOfProcessorsIsWhole() {
    for (int processors : new int[] {1, 64, ProcessorTable.MOST}) {
      byte[] table = ProcessorTable.of(processors);
      ByteBuffer in = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(table.length, in.getInt(4));
      byte sum = 0;
      for (byte each : table) {
        sum += each;
      }
      assertEquals(0, sum);
      int found = 0;
      for (int at = 44; at < table.length; at += table[at + 1]) {
        found += table[at] == 0 ? 1 : 0;
      }
      assertEquals(processors, found);
    }
    assertThrows(IllegalArgumentException.class, () -> ProcessorTable.of(256));
  }
}
