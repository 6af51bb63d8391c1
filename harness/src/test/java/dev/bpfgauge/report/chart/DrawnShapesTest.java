package dev.bpfgauge.report.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.awt.geom.Line2D;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered is what was drawn at that moment. */
class DrawnShapesTest {
  @Test
  void aShapeThatIsMovedAndDrawnAgainIsTwoShapesEachInItsColour() {
    DrawnShapes shapes = new DrawnShapes();
    Line2D line = new Line2D.Double(0, 0, 1, 1);
    shapes.draw(line);
    line.setLine(5, 5, 9, 9);
    shapes.setColor(Color.RED);
    shapes.fill(line);

    List<DrawnShapes.Drawn> drawn = shapes.shapes();

    assertEquals(1, drawn.getFirst().shape().getBounds2D().getMaxX());
    assertEquals(9, drawn.getLast().shape().getBounds2D().getMaxX());
    assertEquals(
        List.of(Color.BLACK, Color.RED), drawn.stream().map(DrawnShapes.Drawn::color).toList());
    assertEquals(List.of(false, true), drawn.stream().map(DrawnShapes.Drawn::filled).toList());
  }
}
