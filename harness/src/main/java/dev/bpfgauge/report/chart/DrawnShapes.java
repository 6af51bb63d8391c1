package dev.bpfgauge.report.chart;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Polygon;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the shapes that are drawn on it, each with its colour, as they were given: neither
 * moved by the transformation nor cut by the clip. Text and images are not shapes.
 */
final class DrawnShapes extends Graphics2D {
  /** A shape, drawn along its line or filled. */
  record Drawn(Shape shape, Color color, boolean filled) {}

  private final List<Drawn> shapes = new ArrayList<>();
  private final RenderingHints hints = new RenderingHints(Map.of());
  private AffineTransform transform = new AffineTransform();
  private Color color = Color.BLACK;
  private Paint paint = Color.BLACK;
  private Color background = Color.WHITE;
  private Composite composite = AlphaComposite.SrcOver;
  private Stroke stroke = new BasicStroke();
  private Font font = new Font(Font.DIALOG, Font.PLAIN, 12);
  private @Nullable Shape clip;

  /** In the order of drawing. */
  List<Drawn> shapes() {
    return List.copyOf(shapes);
  }

  @Override
  public void draw(Shape shape) {
    shapes.add(new Drawn(copy(shape), color, false));
  }

  @Override
  public void fill(Shape shape) {
    shapes.add(new Drawn(copy(shape), color, true));
  }

  /** XChart draws one object again and again, with other coordinates. */
  private static Shape copy(Shape shape) {
    return new Path2D.Double(shape);
  }

  @Override
  public void drawLine(int x1, int y1, int x2, int y2) {
    draw(new Line2D.Double(x1, y1, x2, y2));
  }

  @Override
  public void fillRect(int x, int y, int width, int height) {
    fill(new Rectangle(x, y, width, height));
  }

  @Override
  public void clearRect(int x, int y, int width, int height) {
    Color drawing = color;
    color = background;
    fillRect(x, y, width, height);
    color = drawing;
  }

  @Override
  public void drawRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
    draw(new RoundRectangle2D.Double(x, y, width, height, arcWidth, arcHeight));
  }

  @Override
  public void fillRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
    fill(new RoundRectangle2D.Double(x, y, width, height, arcWidth, arcHeight));
  }

  @Override
  public void drawOval(int x, int y, int width, int height) {
    draw(new Ellipse2D.Double(x, y, width, height));
  }

  @Override
  public void fillOval(int x, int y, int width, int height) {
    fill(new Ellipse2D.Double(x, y, width, height));
  }

  @Override
  public void drawArc(int x, int y, int width, int height, int start, int extent) {
    draw(new Arc2D.Double(x, y, width, height, start, extent, Arc2D.OPEN));
  }

  @Override
  public void fillArc(int x, int y, int width, int height, int start, int extent) {
    fill(new Arc2D.Double(x, y, width, height, start, extent, Arc2D.PIE));
  }

  @Override
  public void drawPolyline(int[] xs, int[] ys, int count) {
    Path2D line = new Path2D.Double();
    for (int i = 0; i < count; i++) {
      if (i == 0) {
        line.moveTo(xs[i], ys[i]);
      } else {
        line.lineTo(xs[i], ys[i]);
      }
    }
    draw(line);
  }

  @Override
  public void drawPolygon(int[] xs, int[] ys, int count) {
    draw(new Polygon(xs, ys, count));
  }

  @Override
  public void fillPolygon(int[] xs, int[] ys, int count) {
    fill(new Polygon(xs, ys, count));
  }

  // ---- state ----

  @Override
  public Color getColor() {
    return color;
  }

  /** Null changes nothing, as everywhere in AWT. */
  @Override
  public void setColor(@Nullable Color wanted) {
    if (wanted != null) {
      color = wanted;
      paint = wanted;
    }
  }

  @Override
  public Paint getPaint() {
    return paint;
  }

  @Override
  public void setPaint(@Nullable Paint wanted) {
    if (wanted instanceof Color plain) {
      setColor(plain);
    } else if (wanted != null) {
      paint = wanted;
    }
  }

  @Override
  public Color getBackground() {
    return background;
  }

  @Override
  public void setBackground(Color wanted) {
    background = wanted;
  }

  @Override
  public Composite getComposite() {
    return composite;
  }

  @Override
  public void setComposite(Composite wanted) {
    composite = wanted;
  }

  @Override
  public void setPaintMode() {
    composite = AlphaComposite.SrcOver;
  }

  @Override
  public void setXORMode(Color other) {
    throw new UnsupportedOperationException("no chart is drawn by exclusive or");
  }

  @Override
  public Stroke getStroke() {
    return stroke;
  }

  @Override
  public void setStroke(Stroke wanted) {
    stroke = wanted;
  }

  @Override
  public Font getFont() {
    return font;
  }

  @Override
  public void setFont(@Nullable Font wanted) {
    font = wanted == null ? font : wanted;
  }

  @Override
  public FontRenderContext getFontRenderContext() {
    return new FontRenderContext(null, false, true);
  }

  @Override
  public FontMetrics getFontMetrics(Font of) {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      return graphics.getFontMetrics(of);
    } finally {
      graphics.dispose();
    }
  }

  @Override
  public @Nullable Object getRenderingHint(RenderingHints.Key key) {
    return hints.get(key);
  }

  @Override
  public void setRenderingHint(RenderingHints.Key key, @Nullable Object value) {
    if (value == null) {
      hints.remove(key);
    } else {
      hints.put(key, value);
    }
  }

  @Override
  public RenderingHints getRenderingHints() {
    return (RenderingHints) hints.clone();
  }

  @Override
  public void setRenderingHints(Map<?, ?> wanted) {
    hints.clear();
    hints.putAll(wanted);
  }

  @Override
  public void addRenderingHints(Map<?, ?> more) {
    hints.putAll(more);
  }

  @Override
  public AffineTransform getTransform() {
    return new AffineTransform(transform);
  }

  @Override
  public void setTransform(AffineTransform wanted) {
    transform = new AffineTransform(wanted);
  }

  @Override
  public void transform(AffineTransform by) {
    transform.concatenate(by);
  }

  @Override
  public void translate(int x, int y) {
    transform.translate(x, y);
  }

  @Override
  public void translate(double x, double y) {
    transform.translate(x, y);
  }

  @Override
  public void rotate(double angle) {
    transform.rotate(angle);
  }

  @Override
  public void rotate(double angle, double x, double y) {
    transform.rotate(angle, x, y);
  }

  @Override
  public void scale(double x, double y) {
    transform.scale(x, y);
  }

  @Override
  public void shear(double x, double y) {
    transform.shear(x, y);
  }

  @Override
  public @Nullable Shape getClip() {
    return clip;
  }

  @Override
  public @Nullable Rectangle getClipBounds() {
    return clip == null ? null : clip.getBounds();
  }

  @Override
  public void setClip(@Nullable Shape wanted) {
    clip = wanted;
  }

  @Override
  public void setClip(int x, int y, int width, int height) {
    clip = new Rectangle(x, y, width, height);
  }

  @Override
  public void clip(Shape wanted) {
    clip = clip == null ? wanted : clip.getBounds().intersection(wanted.getBounds());
  }

  @Override
  public void clipRect(int x, int y, int width, int height) {
    clip(new Rectangle(x, y, width, height));
  }

  @Override
  public GraphicsConfiguration getDeviceConfiguration() {
    throw new UnsupportedOperationException("there is no device");
  }

  @Override
  public boolean hit(Rectangle where, Shape shape, boolean onStroke) {
    return shape.intersects(where);
  }

  @Override
  public Graphics create() {
    throw new UnsupportedOperationException("one drawing, one list of shapes");
  }

  @Override
  public void dispose() {
    // The shapes stay.
  }

  // ---- what is no shape ----

  @Override
  public void drawString(String text, int x, int y) {}

  @Override
  public void drawString(String text, float x, float y) {}

  @Override
  public void drawString(AttributedCharacterIterator text, int x, int y) {}

  @Override
  public void drawString(AttributedCharacterIterator text, float x, float y) {}

  @Override
  public void drawGlyphVector(GlyphVector glyphs, float x, float y) {}

  @Override
  public void copyArea(int x, int y, int width, int height, int dx, int dy) {}

  @Override
  public boolean drawImage(Image image, AffineTransform by, @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public void drawImage(BufferedImage image, @Nullable BufferedImageOp by, int x, int y) {}

  @Override
  public void drawRenderedImage(RenderedImage image, AffineTransform by) {}

  @Override
  public void drawRenderableImage(RenderableImage image, AffineTransform by) {}

  @Override
  public boolean drawImage(Image image, int x, int y, @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, int width, int height, @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, Color behind, @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public boolean drawImage(
      Image image,
      int x,
      int y,
      int width,
      int height,
      Color behind,
      @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public boolean drawImage(
      Image image,
      int toX1,
      int toY1,
      int toX2,
      int toY2,
      int fromX1,
      int fromY1,
      int fromX2,
      int fromY2,
      @Nullable ImageObserver observer) {
    return true;
  }

  @Override
  public boolean drawImage(
      Image image,
      int toX1,
      int toY1,
      int toX2,
      int toY2,
      int fromX1,
      int fromY1,
      int fromX2,
      int fromY2,
      Color behind,
      @Nullable ImageObserver observer) {
    return true;
  }
}
