package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command's files, from the guest to this machine; a plain file stands in for the line. */
class CourierTest {
  @TempDir Path folder;

  private Path line;
  private Path there;
  private Path here;
  private Courier courier;
  private long heard;

  @BeforeEach
  void prepare() throws IOException {
    line = Files.createFile(folder.resolve("line"));
    there = Files.createDirectories(folder.resolve("there/run"));
    here = folder.resolve("here");
    courier = new Courier(line, folder.resolve("there"));
  }

  /** What was said since the last time. */
  private List<GuestMessage> said() throws IOException {
    List<GuestMessage> messages = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(line))) {
      in.skipNBytes(heard);
      for (Optional<String> text = Frames.read(in); text.isPresent(); text = Frames.read(in)) {
        messages.add(Json.parse(text.get(), GuestMessage.class, "a message"));
      }
    }
    heard = Files.size(line);
    return messages;
  }

  private void bring() throws IOException {
    courier.sendFiles();
    for (GuestMessage message : said()) {
      Courier.receive(here, message);
    }
  }

  @Test
  void aLongFileArrivesWhole() throws IOException {
    byte[] bytes = new byte[700_000];
    new Random(1).nextBytes(bytes);
    Files.write(there.resolve("long"), bytes);
    bring();
    assertEquals(-1, Files.mismatch(there.resolve("long"), here.resolve("run/long")));
  }

  @Test
  void onlyWhatIsNewIsSent() throws IOException {
    Path journal = there.resolve("journal");
    Files.writeString(journal, "one\n");
    bring();
    Files.writeString(journal, "two\n", StandardOpenOption.APPEND);
    courier.sendFiles();
    List<GuestMessage> messages = said();
    assertEquals(1, messages.size());
    assertTrue(messages.getFirst().text().length() < 30, "only the second line");
    Courier.receive(here, messages.getFirst());
    assertEquals("one\ntwo\n", Files.readString(here.resolve("run/journal")));
    courier.sendFiles();
    assertEquals(List.of(), said());
  }

  @Test
  void aReplacedFileIsReplaced() throws IOException {
    Path info = there.resolve("run.json");
    Files.writeString(info, "the first and longer text");
    bring();
    Path part = Files.writeString(folder.resolve("part"), "another, and it is longer than that");
    Files.move(part, info, StandardCopyOption.REPLACE_EXISTING);
    bring();
    assertEquals(Files.readString(info), Files.readString(here.resolve("run/run.json")));
  }

  @Test
  void anEmptyFileArrives() throws IOException {
    Files.createFile(there.resolve("empty"));
    bring();
    assertEquals(0, Files.size(here.resolve("run/empty")));
  }

  @Test
  void nothingIsWrittenOutsideTheFolder() {
    GuestMessage bad =
        GuestMessage.of(GuestMessage.FILE, 0, "../outside" + Courier.SEPARATOR + "AAAA");
    assertThrows(IOException.class, () -> Courier.receive(here, bad));
    assertFalse(Files.exists(folder.resolve("outside")));
  }
}
