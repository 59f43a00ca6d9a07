/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first sample of an input as an image, as lines or as bars. */
#include "app/tn-run-preview.h"

#include <math.h>

#include "base/tn-i18n.h"

/* Numbers of a sample that is drawn at all: it is made while somebody waits. */
#define MOST_NUMBERS (1 << 19)
#define MOST_LINES   4
#define MOST_BARS    64
#define SIZE         56

struct _TnRunPreview
{
  GtkWidget parent;
  float *numbers; /* NULL: nothing to show */
  gint64 rows, columns, channels;
  double min, max;
  gboolean image;
};

G_DEFINE_FINAL_TYPE (TnRunPreview, tn_run_preview, GTK_TYPE_WIDGET)

static double
part_of (TnRunPreview *self, gint64 index)
{
  double span = self->max - self->min;

  return span > 0 ? (self->numbers[index] - self->min) / span : 0.5;
}

static void
draw_image (TnRunPreview *self, cairo_t *cr)
{
  double scale = (double)SIZE / (double)MAX (self->rows, self->columns);
  int width = MAX ((int)(scale * (double)self->columns), 1);
  int height = MAX ((int)(scale * (double)self->rows), 1);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gint64 row = MIN ((gint64)((y + 0.5) / scale), self->rows - 1);
        gint64 column = MIN ((gint64)((x + 0.5) / scale), self->columns - 1);
        gint64 at = (row * self->columns + column) * self->channels;
        gint64 step = self->channels >= 3;

        cairo_set_source_rgb (cr, part_of (self, at), part_of (self, at + step),
                              part_of (self, at + 2 * step));
        cairo_rectangle (cr, (SIZE - width) / 2 + x, (SIZE - height) / 2 + y, 1, 1);
        cairo_fill (cr);
      }
}

/* Rows are steps, columns are lines. */
static void
draw_lines (TnRunPreview *self, cairo_t *cr)
{
  cairo_set_line_width (cr, 1);
  for (gint64 line = 0; line < MIN (self->columns, MOST_LINES); line++)
    {
      for (gint64 step = 0; step < self->rows; step++)
        cairo_line_to (cr, 1 + (SIZE - 2.0) * (double)step / (double)(self->rows - 1),
                       SIZE - 2 - (SIZE - 4) * part_of (self, step * self->columns + line));
      cairo_stroke (cr);
    }
}

static void
draw_bars (TnRunPreview *self, cairo_t *cr)
{
  gint64 n = MIN (self->rows * self->columns, MOST_BARS);
  double low = MIN (self->min, 0), span = MAX (self->max, 0) - low;
  double zero = SIZE - 2 + (span > 0 ? (SIZE - 4) * low / span : 0);

  for (gint64 i = 0; i < n && span > 0; i++)
    {
      double high = self->numbers[i] * (SIZE - 4) / span;

      cairo_rectangle (cr, SIZE * (double)i / (double)n, zero - MAX (high, 0),
                       MAX (SIZE / (double)n - 1, 0.7), MAX (fabs (high), 0.5));
    }
  cairo_fill (cr);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TnRunPreview *self = TN_RUN_PREVIEW (widget);
  GdkRGBA color;
  cairo_t *cr;

  if (self->numbers == NULL)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE));
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  if (self->image)
    draw_image (self, cr);
  else if (self->rows > 1)
    draw_lines (self, cr);
  else
    draw_bars (self, cr);
  cairo_destroy (cr);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
tn_run_preview_finalize (GObject *object)
{
  g_free (TN_RUN_PREVIEW (object)->numbers);
  G_OBJECT_CLASS (tn_run_preview_parent_class)->finalize (object);
}

static void
tn_run_preview_class_init (TnRunPreviewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = tn_run_preview_finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tn_run_preview_init (TnRunPreview *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 4);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 4);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
tn_run_preview_new (void)
{
  return g_object_new (TN_TYPE_RUN_PREVIEW, NULL);
}

/* Rows and columns of what is drawn, and whether as an image. */
static void
lay_out (TnRunPreview *self, const TnSynthetic *what)
{
  const TnShape *sample = &what->sample;
  int rank = sample->rank;
  gint64 n = tn_shape_elements (sample, 0), side = (gint64)sqrt ((double)n);
  gboolean drawn = what->spec.kind >= TN_DATA_STROKES && what->spec.kind <= TN_DATA_BLOBS;

  self->channels = 1;
  self->rows = rank >= 2 ? tn_op_dim (sample, rank >= 3 ? rank - 3 : 0) : 1;
  self->columns = rank >= 2 ? tn_op_dim (sample, rank >= 3 ? rank - 2 : 1) : n;
  self->image = rank >= 3 || (rank == 2 && drawn);
  if (rank >= 3)
    self->channels = tn_op_dim (sample, rank - 1);
  if (rank == 1 && drawn && side * side == n)
    {
      self->image = TRUE;
      self->rows = self->columns = side;
    }
  if (rank == 1 && what->spec.kind == TN_DATA_SINE && n > 1)
    {
      self->rows = n;
      self->columns = 1;
    }
}

static void
tell (TnRunPreview *self)
{
  g_autofree char *text = NULL;

  if (self->numbers == NULL)
    text = g_strdup (_ ("No picture of the first sample"));
  else if (self->image)
    text = g_strdup_printf (_ ("First sample: an image of %d × %d, from %.3g to %.3g"),
                            (int)self->rows, (int)self->columns, self->min, self->max);
  else if (self->rows > 1)
    text = g_strdup_printf (_ ("First sample: %d steps, from %.3g to %.3g"), (int)self->rows,
                            self->min, self->max);
  else
    text = g_strdup_printf (_ ("First sample: %d numbers, from %.3g to %.3g"), (int)self->columns,
                            self->min, self->max);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
tn_run_preview_show (TnRunPreview *self, const TnSynthetic *what)
{
  const TnKernelContext alone = { .n_workers = 1 };
  gint64 n = tn_shape_elements (&what->sample, 0);

  g_return_if_fail (TN_IS_RUN_PREVIEW (self));
  g_clear_pointer (&self->numbers, g_free);
  if (n > 0 && n <= MOST_NUMBERS)
    {
      self->numbers = g_new (float, n);
      tn_synthetic_fill (what, 0, 1, self->numbers, &alone);
      lay_out (self, what);
      self->min = self->max = self->numbers[0];
      for (gint64 i = 1; i < n; i++)
        {
          self->min = MIN (self->min, self->numbers[i]);
          self->max = MAX (self->max, self->numbers[i]);
        }
    }
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
