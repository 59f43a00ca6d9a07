/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures: volumes as large as their tensors, skips as arcs, parts that are asked for, sheets. */
#include <math.h>
#include <string.h>

#include "scene-models.h"
#include "scene/tn-figure.h"
#include "scene/tn-hatch.h"
#include "scene/tn-volumes.h"

/* input 32×32×3 → conv → conv → add (with the first conv) → pool → flatten → dense → target */
static TnGraph *
residual_new (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  static const struct
  {
    const char *type, *param, *text;
  } layers[] = {
    { "InputLayer", "batch_shape", "(None, 32, 32, 3)" },
    { "Conv2D", "filters", "64" },
    { "Conv2D", "filters", "64" },
    { "Add", NULL, NULL },
    { "MaxPooling2D", NULL, NULL },
    { "Flatten", NULL, NULL },
    { "Dense", "units", "10" },
    { "Target", NULL, NULL },
  };
  TnNodeId ids[G_N_ELEMENTS (layers)];

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      ids[i] = tn_draft_add (draft, &tn_layer_find (layers[i].type)->schema, NULL, TRUE, NULL);
      if (layers[i].param != NULL)
        g_assert_true (tn_draft_set_text (draft, ids[i], layers[i].param, layers[i].text, NULL));
      if (g_str_equal (layers[i].type, "Conv2D"))
        g_assert_true (tn_draft_set_text (draft, ids[i], "padding", "same", NULL));
      if (i > 0)
        g_assert_true (tn_draft_connect (draft, (TnRef){ ids[i - 1], 0, 0 }, ids[i], 0, 0, NULL));
    }
  g_assert_true (tn_draft_connect (draft, (TnRef){ ids[1], 0, 0 }, ids[3], 0, G_MAXUINT, NULL));
  return tn_draft_finish (draft);
}

static TnVolumes *
volumes_new (const TnGraph *graph, TnDirection direction)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

  return tn_volumes_new (graph, facts, tn_style_get (TN_THEME_PRINT), direction,
                         tn_figure_usual_parts (TN_FIGURE_VOLUMES));
}

static void
test_volumes (void)
{
  g_autoptr (TnGraph) graph = residual_new ();
  g_autoptr (TnVolumes) volumes = volumes_new (graph, TN_DIRECTION_RIGHT);
  const TnVolume *all = volumes->volumes;
  guint n_skips = 0;

  /* The target is no part of the network. */
  g_assert_cmpuint (volumes->n_volumes, ==, 7);
  g_assert_cmpint (all[0].kind, ==, TN_VOLUME_SLAB);
  g_assert_cmpuint (all[0].copies, ==, 3);
  g_assert_cmpstr (all[1].size, ==, "64");
  g_assert_cmpstr (all[1].kernel, ==, "3×3");
  g_assert_cmpint (all[3].kind, ==, TN_VOLUME_DISC);
  g_assert_cmpstr (all[3].sign, ==, "+");
  g_assert_cmpint (all[5].kind, ==, TN_VOLUME_BAR);
  g_assert_cmpuint (all[6].cells, ==, 10);
  /* Halves are smaller, more channels thicker, more units longer. */
  g_assert_cmpfloat (all[4].tall, <, all[1].tall);
  g_assert_cmpfloat (all[6].tall, <, all[5].tall);
  for (guint i = 0; i < volumes->n_wires; i++)
    {
      const TnVolumeWire *wire = &volumes->wires[i];

      n_skips += wire->skip;
      if (!wire->skip)
        continue;
      g_assert_cmpuint (wire->from, ==, 1);
      g_assert_cmpuint (wire->to, ==, 3);
      /* Above all that it passes. */
      for (guint j = wire->from; j <= wire->to; j++)
        g_assert_cmpfloat (wire->level, <, tn_volume_body (volumes, &all[j]).y);
    }
  g_assert_cmpuint (n_skips, ==, 1);
}

/* Bodies that are no chain of one stack stand apart, in both directions, and within the bounds. */
static void
test_places (void)
{
  g_autoptr (TnGraph) graph = residual_new ();

  for (TnDirection direction = TN_DIRECTION_DOWN; direction <= TN_DIRECTION_RIGHT; direction++)
    {
      g_autoptr (TnVolumes) volumes = volumes_new (graph, direction);
      TnRect all = volumes->bounds;

      for (guint i = 0; i < volumes->n_volumes; i++)
        {
          TnRect body = tn_volume_body (volumes, &volumes->volumes[i]);

          g_assert_cmpfloat (body.x, >=, all.x);
          g_assert_cmpfloat (body.y, >=, all.y);
          g_assert_cmpfloat (body.x + body.width, <=, all.x + all.width);
          g_assert_cmpfloat (body.y + body.height, <=, all.y + all.height);
          if (i > 0)
            g_assert_cmpfloat (volumes->volumes[i].u, >,
                               volumes->volumes[i - 1].u + volumes->volumes[i - 1].along - 1e-9);
          if (i > 0 && volumes->volumes[i].joint == TN_JOINT_ARROW)
            g_assert_false (
                tn_rect_intersects (body, tn_volume_body (volumes, &volumes->volumes[i - 1])));
        }
    }
}

/* From 1 × 1 × 4096 to 224 × 224 × 3 all are to be seen and none fills the page; nor does one whose
 * size nobody knows. */
static void
test_bounded (void)
{
  static const char *const shapes[] = { "(None, 1, 1, 4096)",
                                        "(None, 224, 224, 3)",
                                        "(None, None, None, None)",
                                        "(None, 9000000000, 1)",
                                        "(None, 7)",
                                        "(None, 4, 4, 4, 2)",
                                        "(None, 1000000, 1000000, 1000000)",
                                        "(None, 0, 0, 1)" };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (TnVolumes) volumes = NULL;
      TnNodeId id = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, FALSE, NULL);

      g_assert_true (tn_draft_set_text (draft, id, "batch_shape", shapes[i], NULL));
      graph = tn_draft_finish (draft);
      volumes = volumes_new (graph, TN_DIRECTION_RIGHT);
      g_assert_cmpuint (volumes->n_volumes, ==, 1);
      g_assert_cmpfloat (volumes->bounds.width, <, 400);
      g_assert_cmpfloat (volumes->bounds.height, <, 400);
      g_assert_cmpfloat (volumes->volumes[0].tall, >=, 10);
      g_assert_cmpfloat (volumes->volumes[0].along, >=, 2);
    }
}

static TnFigure *
figure_of (TnFigureStyle style, guint parts, const GArray *only, TnTheme theme)
{
  g_autoptr (TnGraph) graph = residual_new ();
  g_autoptr (TnGraph) placed = tn_layout (graph, TRUE);
  g_autoptr (TnFacts) facts = tn_infer (placed, NULL, NULL);
  TnFigureOptions options = {
    .style = style, .theme = theme, .direction = TN_DIRECTION_RIGHT, .parts = parts, .only = only
  };

  return tn_figure_new (placed, facts, &options);
}

static gboolean
svg_has (const TnFigure *figure, const char *text)
{
  TnPictureOptions options = { .scale = 1 };
  g_autoptr (GBytes) svg = tn_picture_render (figure, TN_PICTURE_SVG, &options, NULL);
  g_autofree char *wanted = g_strdup_printf (">%s</text>", text);

  return g_strstr_len (g_bytes_get_data (svg, NULL), (gssize)g_bytes_get_size (svg), wanted)
         != NULL;
}

static void
test_parts (void)
{
  static const struct
  {
    guint part;
    const char *blocks, *volumes;
  } cases[] = {
    { TN_PART_SHAPES, "(None, 32, 32, 64)", "64" },
    { TN_PART_KERNELS, "64 filters, 3×3 same", "3×3" },
    { TN_PART_NAMES, "conv2d_1", "conv2d_1" },
    { TN_PART_PARAMETERS, "36,928 weights", "36,928" },
    { TN_PART_LEGEND, "Convolution", "Convolution" },
    { TN_PART_TITLE, "model", "model" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (TnFigureStyle style = TN_FIGURE_BLOCKS; style <= TN_FIGURE_VOLUMES; style++)
      {
        const char *text = style == TN_FIGURE_BLOCKS ? cases[i].blocks : cases[i].volumes;
        g_autoptr (TnFigure) with = figure_of (style, cases[i].part, NULL, TN_THEME_LIGHT);
        g_autoptr (TnFigure) without = figure_of (style, 0, NULL, TN_THEME_LIGHT);

        g_assert_true (svg_has (with, text));
        g_assert_false (svg_has (without, text));
      }
}

static void
test_lists (void)
{
  guint parts = TN_PART_SHAPES | TN_PART_NAMES;

  g_assert_true (tn_parts_from_list ("+title,-names", &parts));
  g_assert_cmpuint (parts, ==, TN_PART_SHAPES | TN_PART_TITLE);
  g_assert_true (tn_parts_from_list (" legend , kernels ", &parts));
  g_assert_cmpuint (parts, ==, TN_PART_LEGEND | TN_PART_KERNELS);
  g_assert_true (tn_parts_from_list ("all,-title", &parts));
  g_assert_cmpuint (parts, ==, 31);
  g_assert_true (tn_parts_from_list ("none", &parts));
  g_assert_cmpuint (parts, ==, 0);
  g_assert_false (tn_parts_from_list ("", &parts));
  g_assert_false (tn_parts_from_list ("shapes,", &parts));
  g_assert_false (tn_parts_from_list ("shape", &parts));
}

static void
test_only (void)
{
  g_autoptr (TnGraph) graph = residual_new ();
  g_autoptr (GArray) only = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 1; i <= 2; i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));
      g_array_append_val (only, id);
    }
  for (TnFigureStyle style = TN_FIGURE_BLOCKS; style <= TN_FIGURE_VOLUMES; style++)
    {
      g_autoptr (TnFigure) some = figure_of (style, TN_PART_NAMES, only, TN_THEME_LIGHT);
      g_autoptr (TnFigure) all = figure_of (style, TN_PART_NAMES, NULL, TN_THEME_LIGHT);

      g_assert_cmpuint (tn_graph_size (tn_figure_graph (some)), ==, 2);
      g_assert_true (svg_has (some, "conv2d_1"));
      g_assert_false (svg_has (some, "dense"));
      g_assert_cmpfloat (tn_figure_bounds (some).width, <, tn_figure_bounds (all).width);
    }
}

/* Sheets are those of the paper; the drawing is within the margins, or goes on on the next. */
static void
test_pages (void)
{
  g_autoptr (TnFigure) figure = figure_of (TN_FIGURE_BLOCKS, TN_PART_NAMES, NULL, TN_THEME_PRINT);
  TnRect bounds = tn_figure_bounds (figure);

  for (TnSheet sheet = TN_SHEET_A4; sheet < TN_N_SHEETS; sheet++)
    for (TnOrientation way = TN_ORIENTATION_AUTO; way <= TN_ORIENTATION_LANDSCAPE; way++)
      {
        TnPictureOptions options = { .scale = 4, .sheet = sheet, .orientation = way };
        TnPages pages = tn_pages_for (figure, &options);

        g_assert_cmpuint (pages.columns * pages.rows, ==, 1);
        g_assert_cmpfloat (bounds.width * pages.scale, <=, pages.width - 2 * pages.margin + 1e-6);
        g_assert_cmpfloat (bounds.height * pages.scale, <=, pages.height - 2 * pages.margin + 1e-6);
        if (way != TN_ORIENTATION_AUTO)
          g_assert_true ((pages.width > pages.height) == (way == TN_ORIENTATION_LANDSCAPE));
        else
          g_assert_true (pages.width > pages.height); /* the model flows to the right */

        options.spread = TRUE;
        pages = tn_pages_for (figure, &options);
        g_assert_cmpfloat (pages.scale, ==, 3);
        g_assert_cmpfloat (pages.columns * (pages.width - 2 * pages.margin), >=,
                           bounds.width * pages.scale * 0.99);
        g_assert_cmpfloat (pages.rows * (pages.height - 2 * pages.margin), >=,
                           bounds.height * pages.scale * 0.99);
      }
}

/* No two families look alike in black and white. */
static void
test_hatches (void)
{
  enum
  {
    SIDE = 48,
  };
  g_autoptr (GPtrArray) drawn
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cairo_surface_destroy);
  const TnStyle *style = tn_style_get (TN_THEME_MONO);

  for (TnFamily family = 0; family < TN_N_FAMILIES; family++)
    {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIDE, SIDE);
      cairo_t *cr = cairo_create (surface);

      cairo_rectangle (cr, 0, 0, SIDE, SIDE);
      tn_hatch_family (cr, style, family, 0.5);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      g_ptr_array_add (drawn, surface);
    }
  for (guint a = 0; a < drawn->len; a++)
    for (guint b = 0; b < a; b++)
      {
        const guchar *one = cairo_image_surface_get_data (drawn->pdata[a]);
        const guchar *other = cairo_image_surface_get_data (drawn->pdata[b]);
        gsize size = (gsize)cairo_image_surface_get_stride (drawn->pdata[a]) * SIDE;
        double sum = 0;

        for (gsize i = 0; i < size; i += 4)
          sum += abs (one[i] - other[i]);
        if (sum / (SIDE * SIDE) < 15)
          g_error ("%s and %s look alike", tn_family_name (a), tn_family_name (b));
      }
}

/* Every style, theme and direction draws without a failure of cairo, also what is wrong. */
static void
test_all (void)
{
  static const char *const models[] = { MODEL_RICH, "InputLayer / Flatten" };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (TnGraph) model = model_new (models[i]);
      g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

      for (TnTheme theme = 0; theme < TN_N_THEMES; theme++)
        for (TnDirection direction = 0; direction <= TN_DIRECTION_RIGHT; direction++)
          for (TnFigureStyle style = 0; style <= TN_FIGURE_VOLUMES; style++)
            for (int known = 0; known <= 1; known++)
              {
                TnFigureOptions options
                    = { .style = style, .theme = theme, .direction = direction, .parts = 63 };
                TnPictureOptions picture = { .scale = 0.5, .margin = 4 };
                g_autoptr (TnFigure) figure = tn_figure_new (graph, known ? facts : NULL, &options);
                g_autoptr (GError) error = NULL;
                g_autoptr (GBytes) png
                    = tn_picture_render (figure, TN_PICTURE_PNG, &picture, &error);

                g_assert_no_error (error);
                g_assert_cmpuint (g_bytes_get_size (png), >, 500);
              }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/figure/volumes", test_volumes);
  g_test_add_func ("/scene/figure/places", test_places);
  g_test_add_func ("/scene/figure/bounded", test_bounded);
  g_test_add_func ("/scene/figure/parts", test_parts);
  g_test_add_func ("/scene/figure/lists", test_lists);
  g_test_add_func ("/scene/figure/only", test_only);
  g_test_add_func ("/scene/figure/pages", test_pages);
  g_test_add_func ("/scene/figure/hatches", test_hatches);
  g_test_add_func ("/scene/figure/all", test_all);
  return g_test_run ();
}
