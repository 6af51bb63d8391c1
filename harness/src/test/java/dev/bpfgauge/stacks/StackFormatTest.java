package dev.bpfgauge.stacks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StackFormatTest {
  private static final FrameTree TREE = tree();

  private static FrameTree tree() {
    FrameTree tree = new FrameTree();
    tree.add(List.of("java", "main", "read", "vfs_read_[k]"), 60);
    tree.add(List.of("java", "main", "std::vector<int>::push_back(int&&)"), 30);
    tree.add(List.of("sh"), 9);
    tree.add(List.of("rare", "\"quoted\" & <odd>"), 1);
    return tree;
  }

  @Test
  void aNamesEndSaysTheFormat() {
    assertEquals(StackFormat.SVG, StackFormat.of(Path.of("a.b/x.svg")));
    assertEquals(StackFormat.PPROF, StackFormat.of(Path.of("x.pb.gz")));
    assertEquals(StackFormat.SPEEDSCOPE, StackFormat.of(Path.of("x.speedscope.json")));
    assertEquals(StackFormat.FOLDED, StackFormat.of(Path.of("x.folded")));
    assertThrows(Refusal.class, () -> StackFormat.of(Path.of("x.png")));
  }

  @Test
  void aGraphHasEachFrameWithItsShare() throws Exception {
    Document svg = svg(StackFormat.SVG.bytes(TREE, "a & b", "samples", null));

    Map<String, Element> frames = frames(svg);

    assertEquals(9, frames.size());
    Element read = frame(frames, "read");
    assertTrue(title(read).endsWith("60 samples, 60.00 %"), title(read));
    assertEquals(708, width(read), 0.1);
    assertTrue(frame(frames, "vfs_read_[k]").getAttribute("class").startsWith("k"));
    assertTrue(frames.containsKey("\"quoted\" & <odd>"));
    assertEquals(1180, width(frame(frames, "all")), 0.1);
  }

  @Test
  void whatIsTooNarrowIsCountedAndNotDrawn() throws Exception {
    FrameTree tree = new FrameTree();
    tree.add(List.of("wide"), 1_000_000);
    tree.add(List.of("narrow", "inside"), 1);

    Document svg = svg(StackFormat.SVG.bytes(tree, "t", "samples", null));

    assertEquals(2, frames(svg).size());
    assertTrue(svg.getDocumentElement().getTextContent().contains("2 frames are too narrow"));
  }

  @Test
  void aGraphAgainstAnotherSaysWhatGrew() throws Exception {
    FrameTree before = new FrameTree();
    before.add(List.of("java", "main", "read", "vfs_read_[k]"), 800); // 80 %, now 60 %
    before.add(List.of("sh"), 90);
    before.add(List.of("gone"), 110);

    Map<String, Element> frames = frames(svg(StackFormat.SVG.bytes(TREE, "t", "samples", before)));

    assertEquals("less5", frame(frames, "read").getAttribute("class"));
    assertTrue(title(frame(frames, "read")).endsWith("20.00 points less"));
    assertEquals("same", frame(frames, "sh").getAttribute("class"));
    assertTrue(frame(frames, "rare").getAttribute("class").startsWith("more"));
  }

  @Test
  void onlyAGraphIsHeldAgainstAnother() {
    assertThrows(Refusal.class, () -> StackFormat.FOLDED.bytes(TREE, "t", "samples", TREE));
  }

  @Test
  void nothingCountedIsAFileAllTheSame() throws Exception {
    for (StackFormat format : StackFormat.values()) {
      format.bytes(new FrameTree(), "t", "samples", null);
    }
    assertEquals(
        1, frames(svg(StackFormat.SVG.bytes(new FrameTree(), "t", "samples", null))).size());
  }

  @Test
  void pprofHasTheSameStacks() throws IOException {
    byte[] packed = StackFormat.PPROF.bytes(TREE, "t", "samples", null);
    ByteBuffer profile =
        ByteBuffer.wrap(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
    List<String> strings = new ArrayList<>();
    Map<Long, Long> nameOfFunction = new HashMap<>();
    Map<Long, Long> functionOfLocation = new HashMap<>();
    List<ByteBuffer> samples = new ArrayList<>();
    List<Long> type = new ArrayList<>();
    Fields.each(
        profile,
        (field, number, bytes) -> {
          switch (field) {
            case 1 -> type.addAll(Fields.numbers(bytes).values());
            case 2 -> samples.add(bytes);
            case 4 -> {
              Map<Integer, Long> line = new HashMap<>();
              Map<Integer, Long> own = new HashMap<>();
              Fields.each(
                  bytes,
                  (f, n, b) -> {
                    if (f == 4) {
                      line.putAll(Fields.numbers(b));
                    } else {
                      own.put(f, n);
                    }
                  });
              functionOfLocation.put(own.get(1), line.get(1));
            }
            case 5 -> {
              Map<Integer, Long> function = Fields.numbers(bytes);
              nameOfFunction.put(function.get(1), function.get(2));
            }
            case 6 -> strings.add(UTF_8.decode(bytes).toString());
            default -> throw new AssertionError("field " + field);
          }
        });

    FrameTree read = new FrameTree();
    for (ByteBuffer sample : samples) {
      List<String> frames = new ArrayList<>();
      long[] count = new long[1];
      Fields.each(
          sample,
          (field, _, packedNumbers) -> {
            while (packedNumbers.hasRemaining()) {
              long value = Fields.varint(packedNumbers);
              if (field == 1) {
                frames.addFirst(
                    strings.get(
                        Math.toIntExact(known(nameOfFunction, known(functionOfLocation, value)))));
              } else {
                count[0] = value;
              }
            }
          });
      read.add(frames, count[0]);
    }

    assertEquals(TREE.folded(), read.folded());
    assertEquals("", strings.getFirst());
    assertEquals(
        List.of("samples", "count"),
        type.stream().map(i -> strings.get(Math.toIntExact(i))).toList());
  }

  @Test
  void speedscopeHasTheSameStacks() {
    JsonNode json =
        new JsonMapper().readTree(StackFormat.SPEEDSCOPE.bytes(TREE, "t", "microseconds", null));
    JsonNode profile = json.get("profiles").get(0);
    FrameTree read = new FrameTree();
    for (int i = 0; i < profile.get("samples").size(); i++) {
      List<String> stack = new ArrayList<>();
      for (JsonNode place : profile.get("samples").get(i)) {
        stack.add(json.get("shared").get("frames").get(place.asInt()).get("name").asString());
      }
      read.add(stack, profile.get("weights").get(i).asLong());
    }

    assertEquals(TREE.folded(), read.folded());
    assertEquals("microseconds", profile.get("unit").asString());
    assertEquals(100, profile.get("endValue").asLong());
  }

  private static long known(Map<Long, Long> table, long id) {
    return Objects.requireNonNull(table.get(id));
  }

  private static Document svg(byte[] bytes) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
  }

  private static Map<String, Element> frames(Document svg) {
    Map<String, Element> frames = new HashMap<>();
    NodeList groups = svg.getElementsByTagName("g");
    for (int i = 0; i < groups.getLength(); i++) {
      Element group = (Element) groups.item(i);
      if (group.hasAttribute("data-x")) {
        frames.put(title(group).split("\n", 2)[0], group);
      }
    }
    return frames;
  }

  private static Element frame(Map<String, Element> frames, String name) {
    return Objects.requireNonNull(frames.get(name), name);
  }

  private static String title(Element frame) {
    return frame.getElementsByTagName("title").item(0).getTextContent();
  }

  private static double width(Element frame) {
    return Double.parseDouble(
        ((Element) frame.getElementsByTagName("rect").item(0)).getAttribute("width"));
  }

  /** The wire format of protocol buffers, as far as pprof's profiles have it. */
  private interface Fields {
    void field(int field, long number, ByteBuffer bytes);

    static void each(ByteBuffer message, Fields fields) {
      while (message.hasRemaining()) {
        long key = varint(message);
        if ((key & 7) == 0) {
          fields.field((int) (key >> 3), varint(message), ByteBuffer.allocate(0));
        } else {
          assertEquals(2, key & 7);
          int length = (int) varint(message);
          fields.field((int) (key >> 3), 0, message.slice(message.position(), length));
          message.position(message.position() + length);
        }
      }
    }

    static Map<Integer, Long> numbers(ByteBuffer message) {
      Map<Integer, Long> numbers = new HashMap<>();
      each(message, (field, number, _) -> numbers.put(field, number));
      return numbers;
    }

    static long varint(ByteBuffer bytes) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes.get();
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }
  }
}
