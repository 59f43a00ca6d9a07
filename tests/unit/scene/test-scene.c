/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hits, ports, what is told of states, texts that are kept, and tiles that are as the whole. */
#include <math.h>
#include <time.h>

#include "scene-models.h"
#include "scene/tn-scene-private.h"

static TnScene *
scene_new (const char *text, TnDirection direction, const TnScene *previous)
{
  g_autoptr (TnGraph) model = model_new (text);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnSceneOptions options
      = { .theme = TN_THEME_LIGHT, .direction = direction, .previous = previous };

  return tn_scene_new (graph, facts, &options);
}

static TnNodeId
id_in (const TnScene *scene, const char *name)
{
  return model_id (tn_scene_graph (scene), name);
}

static void
check_hits (TnDirection direction)
{
  g_autoptr (TnScene) scene = scene_new (MODEL_RICH, direction, NULL);
  const TnGraph *graph = tn_scene_graph (scene);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnNodeId id = tn_node_id (node);
      TnRect box;
      TnHit hit;
      double x, y;

      g_assert_true (tn_scene_node_box (scene, id, &box));
      hit = tn_scene_hit (scene, box.x + 30, box.y + 30, 2);
      g_assert_cmpint (hit.kind, ==, TN_HIT_NODE);
      g_assert_cmpuint (hit.node, ==, id);
      for (guint slot = 0; slot < tn_scene_n_input_ports (scene, id, 0); slot++)
        {
          g_assert_true (tn_scene_input_port (scene, id, 0, slot, &x, &y));
          /* A little outside of the box: the port wins over box and wire. */
          hit = tn_scene_hit (scene, x - 2, y - 2, 4);
          g_assert_cmpint (hit.kind, ==, TN_HIT_INPUT);
          g_assert_cmpuint (hit.node, ==, id);
          g_assert_cmpuint (hit.slot, ==, slot);
        }
      for (guint output = 0; output < tn_node_schema (node)->n_outputs; output++)
        {
          TnRef ref = { id, 0, (guint16)output };

          g_assert_true (tn_scene_output_port (scene, ref, &x, &y));
          hit = tn_scene_hit (scene, x + 2, y + 2, 4);
          g_assert_cmpint (hit.kind, ==, TN_HIT_OUTPUT);
          g_assert_true (tn_ref_equal (hit.ref, ref));
        }
    }
  for (guint i = 0; i < scene->n_wires; i++)
    {
      const TnSceneWire *wire = &scene->wires[i];
      TnPoint at = tn_curve_at (&wire->curve, 0.5);
      TnHit hit = tn_scene_hit (scene, at.x, at.y, 2);

      if (wire->stub)
        continue;
      g_assert_cmpint (hit.kind, ==, TN_HIT_WIRE);
      g_assert_cmpuint (hit.node, ==, tn_node_id (scene->nodes[wire->node].node));
      g_assert_cmpuint (hit.slot, ==, wire->slot);
      g_assert_true (tn_ref_equal (hit.ref, wire->ref));
    }
  g_assert_cmpint (tn_scene_hit (scene, 1e5, 1e5, 10).kind, ==, TN_HIT_NOTHING);
}

static void
test_hits (void)
{
  check_hits (TN_DIRECTION_DOWN);
  check_hits (TN_DIRECTION_RIGHT);
}

static void
test_badge (void)
{
  g_autoptr (TnScene) scene = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, NULL);
  TnNodeId id = id_in (scene, "dense_2");
  TnRect box;
  TnHit hit;

  g_assert_true (tn_scene_node_box (scene, id, &box));
  hit = tn_scene_hit (scene, box.x + box.width + 4, box.y - 4, 0);
  g_assert_cmpint (hit.kind, ==, TN_HIT_BADGE);
  g_assert_cmpuint (hit.node, ==, id);
  g_assert_true (tn_scene_node_box (scene, id_in (scene, "flatten"), &box));
  g_assert_cmpint (tn_scene_hit (scene, box.x + box.width + 4, box.y - 4, 0).kind, ==,
                   TN_HIT_NOTHING);
}

static void
test_ports (void)
{
  g_autoptr (TnScene) scene = scene_new (
      "InputLayer / a:ReLU / Add<input_layer,a / half:Add<a / Flatten<a / lone:Flatten<",
      TN_DIRECTION_DOWN, NULL);
  TnNodeId add = id_in (scene, "add");
  double x0, x1, x2, y, x9;

  g_assert_cmpuint (tn_scene_n_input_ports (scene, id_in (scene, "input_layer"), 0), ==, 0);
  g_assert_cmpuint (tn_scene_n_input_ports (scene, id_in (scene, "a"), 0), ==, 1);
  /* Two wired, one offered; where one of two is open, none. */
  g_assert_cmpuint (tn_scene_n_input_ports (scene, add, 0), ==, 3);
  g_assert_cmpuint (tn_scene_n_input_ports (scene, id_in (scene, "half"), 0), ==, 2);
  g_assert_cmpuint (tn_scene_n_input_ports (scene, id_in (scene, "lone"), 0), ==, 1);
  g_assert_true (tn_scene_input_port (scene, add, 0, 0, &x0, &y));
  g_assert_true (tn_scene_input_port (scene, add, 0, 1, &x1, &y));
  g_assert_true (tn_scene_input_port (scene, add, 0, 2, &x2, &y));
  g_assert_cmpfloat (x0, <, x1);
  g_assert_cmpfloat (x1, <, x2);
  /* Any further slot is the offered one. */
  g_assert_true (tn_scene_input_port (scene, add, 0, 9, &x9, &y));
  g_assert_cmpfloat (x9, ==, x2);
  g_assert_false (tn_scene_input_port (scene, id_in (scene, "a"), 0, 1, &x9, &y));
  g_assert_false (tn_scene_input_port (scene, add, 1, 0, &x9, &y));
  g_assert_false (tn_scene_input_port (scene, 999, 0, 0, &x9, &y));
  g_assert_false (tn_scene_output_port (scene, (TnRef){ add, 0, 1 }, &x9, &y));
}

static void
test_nodes_in (void)
{
  g_autoptr (TnScene) scene = scene_new ("InputLayer / a:ReLU / b:ReLU", TN_DIRECTION_DOWN, NULL);
  TnRect box;
  TnRect area;

  g_assert_true (tn_scene_node_box (scene, id_in (scene, "a"), &box));
  area = (TnRect){ box.x - 1, box.y - 1, box.width + 2, box.height + 2 };
  for (int wholly = 0; wholly <= 1; wholly++)
    {
      g_autoptr (GArray) nodes = tn_scene_nodes_in (scene, area, wholly);

      g_assert_cmpuint (nodes->len, ==, 1);
      g_assert_cmpuint (g_array_index (nodes, TnNodeId, 0), ==, id_in (scene, "a"));
    }
  area.height += 80; /* into b */
  {
    g_autoptr (GArray) touched = tn_scene_nodes_in (scene, area, FALSE);
    g_autoptr (GArray) inside = tn_scene_nodes_in (scene, area, TRUE);
    g_autoptr (GArray) all = tn_scene_nodes_in (scene, tn_scene_bounds (scene), TRUE);

    g_assert_cmpuint (touched->len, ==, 2);
    g_assert_cmpuint (inside->len, ==, 1);
    g_assert_cmpuint (all->len, ==, 3);
    g_assert_cmpuint (g_array_index (all, TnNodeId, 0), ==, id_in (scene, "input_layer"));
    g_assert_cmpuint (g_array_index (all, TnNodeId, 2), ==, id_in (scene, "b"));
  }
}

static const TnSceneNode *
node_in (const TnScene *scene, const char *name)
{
  return &scene->nodes[tn_graph_index (tn_scene_graph (scene), id_in (scene, name))];
}

static void
test_states (void)
{
  g_autoptr (TnScene) scene = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, NULL);
  const TnSceneNode *dense = node_in (scene, "dense_2");
  const TnSceneWire *wire = tn_scene_find_wire (scene, id_in (scene, "dense_2"), 0, 0);
  const TnSceneWire *after = tn_scene_find_wire (scene, id_in (scene, "dense"), 0, 0);

  g_assert_cmpstr (dense->note, ==, "expects (None, 256)");
  g_assert_cmpstr (dense->pin, ==, "made for 256");
  g_assert_cmpint (wire->state, ==, TN_EDGE_ERROR);
  g_assert_cmpstr (wire->text, ==, "(None, 3136)");
  /* Past the error, what would be there. */
  g_assert_cmpint (after->state, ==, TN_EDGE_ASSUMED);
  g_assert_cmpstr (after->text, ==, "≈ (None, 10)");
  g_assert_cmpint (node_in (scene, "target")->issue->severity, ==, TN_SEVERITY_CONTRACT);
  g_assert_nonnull (node_in (scene, "softmax")->waits);
  g_assert_null (node_in (scene, "flatten")->note);
}

/* Facts of an earlier graph: what is still there keeps its shapes, what is new has none. */
static void
test_earlier_facts (void)
{
  g_autoptr (TnGraph) graph = model_new ("InputLayer / Flatten / Dense(units=4)");
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnSceneOptions options = { .stale = TRUE };
  g_autoptr (TnGraph) next = NULL;
  g_autoptr (TnScene) scene = NULL;
  TnNodeId added;

  tn_draft_remove (draft, model_id (graph, "flatten"));
  added = tn_draft_add (draft, &tn_layer_find ("Softmax")->schema, NULL, TRUE, NULL);
  g_assert_true (
      tn_draft_connect (draft, (TnRef){ model_id (graph, "dense"), 0, 0 }, added, 0, 0, NULL));
  next = tn_draft_finish (draft);
  scene = tn_scene_new (next, facts, &options);
  g_assert_cmpstr (tn_scene_find_wire (scene, added, 0, 0)->text, ==, "(None, 4)");
  g_assert_null (tn_scene_find_wire (scene, model_id (next, "dense"), 0, 0));
}

static cairo_surface_t *
draw (const TnScene *scene, double scale, int width, int height, int tile)
{
  TnRect bounds = tn_scene_bounds (scene);
  /* A whole number of pixels, as the canvas has it. */
  double left = floor (bounds.x * scale) - 8;
  double top = floor (bounds.y * scale) - 8;
  cairo_surface_t *whole = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *out = cairo_create (whole);

  for (int y = 0; y < height; y += tile)
    for (int x = 0; x < width; x += tile)
      {
        cairo_surface_t *part = tn_painter_tile (scene, tn_scene_style (scene), (int)left + x,
                                                 (int)top + y, tile, scale, 1);

        g_assert_cmpint (cairo_surface_status (part), ==, CAIRO_STATUS_SUCCESS);
        cairo_set_source_surface (out, part, x, y);
        cairo_set_operator (out, CAIRO_OPERATOR_SOURCE);
        cairo_rectangle (out, x, y, tile, tile);
        cairo_fill (out);
        cairo_surface_destroy (part);
      }
  cairo_destroy (out);
  cairo_surface_flush (whole);
  return whole;
}

static void
check_tiles (const TnScene *scene, double scale)
{
  TnRect bounds = tn_scene_bounds (scene);
  int tile = 128;
  int width = ((int)(bounds.width * scale + 16) / tile + 1) * tile;
  int height = ((int)(bounds.height * scale + 16) / tile + 1) * tile;
  cairo_surface_t *whole = draw (scene, scale, width, height, MAX (width, height));
  cairo_surface_t *tiled = draw (scene, scale, width, height, tile);
  guint different = 0, far = 0;

  for (int y = 0; y < height; y++)
    {
      const guint32 *left = (const guint32 *)(cairo_image_surface_get_data (whole)
                                              + y * cairo_image_surface_get_stride (whole));
      const guint32 *right = (const guint32 *)(cairo_image_surface_get_data (tiled)
                                               + y * cairo_image_surface_get_stride (tiled));

      /* cairo cuts slanted edges and dashes at the border of a surface, to 1/256 of a pixel: a few
       * pixels may differ a little. */
      for (int x = 0; x < width; x++)
        {
          different += (left[x] & 0xffffff) != (right[x] & 0xffffff);
          for (int shift = 0; shift < 24; shift += 8)
            if (abs ((int)(left[x] >> shift & 0xff) - (int)(right[x] >> shift & 0xff)) > 12)
              {
                g_test_message ("at scale %g pixel %d, %d differs: %06x, in tiles %06x", scale, x,
                                y, left[x] & 0xffffff, right[x] & 0xffffff);
                far++;
                break;
              }
        }
    }
  g_test_message ("scale %g: %u of %d pixels differ slightly", scale, different, width * height);
  g_assert_cmpuint (different, <, (guint)(width * height) / 1000 + 4);
  g_assert_cmpuint (far, ==, 0);
  cairo_surface_destroy (whole);
  cairo_surface_destroy (tiled);
}

static void
test_tiles (void)
{
  static const double scales[] = { 0.05, 0.1, 0.25, 0.3, 0.45, 0.5, 0.68, 0.7, 0.71, 1, 1.5, 2 };

  for (TnDirection direction = TN_DIRECTION_DOWN; direction <= TN_DIRECTION_RIGHT; direction++)
    {
      g_autoptr (TnScene) scene = scene_new (MODEL_RICH, direction, NULL);

      for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
        check_tiles (scene, scales[i]);
    }
}

/* Nothing is drawn outside of what the scene says it covers. */
static void
test_bounds (void)
{
  g_autoptr (TnScene) scene = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, NULL);
  TnRect bounds = tn_scene_bounds (scene);
  int margin = 20;
  int width = (int)ceil (bounds.width) + 2 * margin;
  int height = (int)ceil (bounds.height) + 2 * margin;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  guint inked = 0;

  cairo_translate (cr, margin - bounds.x, margin - bounds.y);
  tn_painter_draw (scene, cr, tn_rect_grown (bounds, margin), 1);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    {
      const guint32 *row = (const guint32 *)(cairo_image_surface_get_data (surface)
                                             + y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < width; x++)
        {
          gboolean inside
              = x >= margin - 1 && y >= margin - 1 && x <= width - margin && y <= height - margin;

          g_assert_true (inside || row[x] == 0);
          inked += row[x] != 0;
        }
    }
  g_assert_cmpuint (inked, >, 10000);
  cairo_surface_destroy (surface);
}

static void
paint_all (const TnScene *scene)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 8, 8);
  cairo_t *cr = cairo_create (surface);

  tn_painter_draw (scene, cr, tn_scene_bounds (scene), 0);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_texts_are_kept (void)
{
  g_autoptr (TnScene) first = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, NULL);
  g_autoptr (TnScene) second = NULL;
  guint before;
  PangoLayout *layout;

  paint_all (first);
  before = tn_text_cache_size (first->texts);
  g_assert_cmpuint (before, >, 20);
  layout = tn_text_cache_get (first->texts, TN_TEXT_LABEL, "(None, 3136)", 100);
  second = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, first);
  paint_all (second);
  g_assert_true (second->texts == first->texts);
  g_assert_cmpuint (tn_text_cache_size (second->texts), ==, before + 1);
  g_assert_true (tn_text_cache_get (second->texts, TN_TEXT_LABEL, "(None, 3136)", 100) == layout);
  /* However much is written, it stays bounded; what is in use stays. */
  for (guint i = 0; i < 60000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      tn_text_cache_get (second->texts, TN_TEXT_LABEL, text, 50);
      if (i % 5000 == 0)
        tn_text_cache_get (second->texts, TN_TEXT_LABEL, "(None, 3136)", 100);
    }
  g_assert_cmpuint (tn_text_cache_size (second->texts), <, 20000);
  g_assert_true (tn_text_cache_get (second->texts, TN_TEXT_LABEL, "(None, 3136)", 100) == layout);
}

/* Names and briefs come from files; they must not upset the painter. */
static void
test_hostile_texts (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer / a:ReLU");
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnScene) scene = NULL;
  g_autofree char *dump = NULL;
  TnSceneOptions options = { .theme = TN_THEME_DARK };

  g_assert_true (tn_draft_rename (draft, model_id (model, "a"), "<b>&\n\t\"层", NULL));
  graph = tn_draft_finish (draft);
  scene = tn_scene_new (graph, NULL, &options);
  paint_all (scene);
  dump = tn_scene_dump (scene);
  g_assert_nonnull (strstr (dump, "层"));
}

static void
test_empty (void)
{
  g_autoptr (TnGraph) graph = tn_graph_new_empty ();
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (TnScene) scene = tn_scene_new (graph, NULL, &options);

  g_assert_cmpfloat (tn_scene_bounds (scene).width, ==, 0);
  g_assert_cmpint (tn_scene_hit (scene, 0, 0, 5).kind, ==, TN_HIT_NOTHING);
  paint_all (scene);
}

static void
test_overlay (void)
{
  g_autoptr (TnScene) scene = scene_new (MODEL_RICH, TN_DIRECTION_DOWN, NULL);
  const TnStyle *style = tn_scene_style (scene);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 600, 400);
  const guchar *pixels = cairo_image_surface_get_data (surface);
  gsize size = (gsize)cairo_image_surface_get_stride (surface) * 400;

  for (guint step = 0; step < 6; step++)
    {
      cairo_t *cr = cairo_create (surface);
      gsize i = 0;

      cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
      cairo_paint (cr);
      cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
      cairo_translate (cr, 300, 100);
      if (step < 2)
        tn_painter_selection (scene, cr, 1, step == 1, 1);
      else if (step == 2)
        tn_painter_wire (scene, cr, 0, 0, 80, 90, style->accept, TRUE);
      else if (step == 3)
        tn_painter_ghost (style, cr, tn_layer_find ("Conv2D"), 0, 0, style->accept);
      else if (step == 4)
        tn_painter_callout (style, cr, (TnRect){ 0, 0, 400, 300 }, 0, 0, FALSE,
                            "This would close a cycle. <b>&", style->refuse);
      else
        tn_painter_highlight_wire (scene, cr, 2, 0, 0, style->hover);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      while (i < size && pixels[i] == 0)
        i++;
      g_assert_cmpuint (i, <, size); /* something was drawn */
    }
  cairo_surface_destroy (surface);
}

static void
test_speed (void)
{
  g_autoptr (TnGraph) model = model_new_chain (1000);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (TnScene) last = tn_scene_new (graph, facts, &options);
  double best = G_MAXDOUBLE;

  for (guint run = 0; run < 5; run++)
    {
      struct timespec start, end;
      TnScene *next;

      options.previous = last;
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
      next = tn_scene_new (graph, facts, &options);
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
      tn_scene_unref (last);
      last = next;
      best = MIN (best, (double)(end.tv_sec - start.tv_sec) + 1e-9 * (end.tv_nsec - start.tv_nsec));
    }
  g_test_message ("a scene of 1,000 layers: %.2f ms", best * 1e3);
  /* A few milliseconds; sanitizers make it ten times that. */
  g_assert_cmpfloat (best, <, 0.2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/hits", test_hits);
  g_test_add_func ("/scene/badge", test_badge);
  g_test_add_func ("/scene/ports", test_ports);
  g_test_add_func ("/scene/nodes-in", test_nodes_in);
  g_test_add_func ("/scene/states", test_states);
  g_test_add_func ("/scene/earlier-facts", test_earlier_facts);
  g_test_add_func ("/scene/tiles", test_tiles);
  g_test_add_func ("/scene/bounds", test_bounds);
  g_test_add_func ("/scene/texts-are-kept", test_texts_are_kept);
  g_test_add_func ("/scene/hostile-texts", test_hostile_texts);
  g_test_add_func ("/scene/empty", test_empty);
  g_test_add_func ("/scene/overlay", test_overlay);
  g_test_add_func ("/scene/speed", test_speed);
  return g_test_run ();
}
