/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tn_scene_changes() says against the pixels: wherever two scenes look different, it says so.
 */
#include <math.h>

#include "scene-models.h"

#define MODEL                                                                                      \
  "image:InputLayer(batch_shape=(None, 28, 28, 1)) / conv:Conv2D(filters=8; kernel_size=3) / "     \
  "flat:Flatten / "                                                                                \
  "left:Dense(units=16)<flat / right:Dense(units=16)<flat / sum:Add<left,right / "                 \
  "out:Dense(units=10)<sum"
#define SCALE 0.5
#define SIDE  900

static TnScene *
scene_of (const TnGraph *graph, gboolean stale, const TnScene *previous)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnSceneOptions options = { .theme = TN_THEME_LIGHT, .stale = stale, .previous = previous };

  return tn_scene_new (graph, facts, &options);
}

/* The part of the paper about the model, at @x0, @y0. */
static cairo_surface_t *
picture_of (const TnScene *scene, double x0, double y0)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIDE, SIDE);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, SCALE, SCALE);
  cairo_translate (cr, -x0, -y0);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  tn_painter_draw (scene, cr, (TnRect){ x0, y0, SIDE / SCALE, SIDE / SCALE }, SCALE);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static gboolean
is_said (const GArray *changes, double x, double y)
{
  TnRect pixel = { x, y, 1 / SCALE, 1 / SCALE };

  for (guint i = 0; i < changes->len; i++)
    if (tn_rect_intersects (g_array_index (changes, TnRect, i), pixel))
      return TRUE;
  return FALSE;
}

/* Every pixel that differs must lie in what is said. Returns how many differ. */
static guint
assert_all_said (const TnScene *before, const TnScene *after)
{
  g_autoptr (GArray) changes = tn_scene_changes (before, after);
  TnRect bounds = tn_scene_bounds (before);
  double x0 = floor (bounds.x) - 400, y0 = floor (bounds.y) - 300;
  cairo_surface_t *old = picture_of (before, x0, y0), *new = picture_of (after, x0, y0);
  int stride = cairo_image_surface_get_stride (old);
  guint n_differ = 0;

  g_assert_nonnull (changes);
  for (int y = 0; y < SIDE; y++)
    {
      const guint32 *a = (gconstpointer)(cairo_image_surface_get_data (old) + (gsize)y * stride);
      const guint32 *b = (gconstpointer)(cairo_image_surface_get_data (new) + (gsize)y * stride);

      for (int x = 0; x < SIDE; x++)
        if ((a[x] & 0xffffff) != (b[x] & 0xffffff))
          {
            n_differ++;
            if (!is_said (changes, x0 + x / SCALE, y0 + y / SCALE))
              g_error ("%g, %g looks different, which was not said", x0 + x / SCALE,
                       y0 + y / SCALE);
          }
    }
  cairo_surface_destroy (old);
  cairo_surface_destroy (new);
  return n_differ;
}

static TnNodeId
id_of (const TnGraph *graph, const char *name)
{
  const TnNode *node = tn_graph_find_name (graph, name);

  g_assert_nonnull (node);
  return tn_node_id (node);
}

static void
test_nothing (void)
{
  g_autoptr (TnGraph) plain = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (plain, TRUE);
  g_autoptr (TnScene) before = scene_of (graph, FALSE, NULL);
  g_autoptr (TnScene) after = scene_of (graph, FALSE, before);
  g_autoptr (TnScene) stale = scene_of (graph, TRUE, before);
  g_autoptr (GArray) changes = tn_scene_changes (before, after);

  g_assert_nonnull (changes);
  g_assert_cmpuint (changes->len, ==, 0);
  g_assert_null (tn_scene_changes (before, stale));
}

typedef void (*TnChangeFunc) (TnDraft *draft, const TnGraph *graph);

static void
move_aside (TnDraft *draft, const TnGraph *graph)
{
  const TnNode *node = tn_graph_find_name (graph, "left");

  tn_draft_move (draft, tn_node_id (node), tn_node_x (node) - 70, tn_node_y (node) + 20);
}

/* Into the way of wires that are not its own. */
static void
move_into_wires (TnDraft *draft, const TnGraph *graph)
{
  const TnNode *sum = tn_graph_find_name (graph, "sum");

  tn_draft_move (draft, id_of (graph, "conv"), tn_node_x (sum) - 40, tn_node_y (sum) - 60);
}

static void
rename_one (TnDraft *draft, const TnGraph *graph)
{
  g_assert_true (tn_draft_rename (draft, id_of (graph, "flat"), "flatter", NULL));
}

static void
set_units (TnDraft *draft, const TnGraph *graph)
{
  g_assert_true (tn_draft_set_text (draft, id_of (graph, "right"), "units", "17", NULL));
}

static void
remove_one (TnDraft *draft, const TnGraph *graph)
{
  tn_draft_remove (draft, id_of (graph, "flat"));
}

static void
cut_wire (TnDraft *draft, const TnGraph *graph)
{
  tn_draft_disconnect (draft, id_of (graph, "out"), 0, 0);
}

static void
add_one (TnDraft *draft, const TnGraph *graph)
{
  const TnNode *out = tn_graph_find_name (graph, "out");
  TnNodeId id = tn_draft_add (draft, &tn_layer_find ("Dropout")->schema, NULL, TRUE, NULL);

  tn_draft_move (draft, id, tn_node_x (out) + 240, tn_node_y (out));
}

static void
test_change (gconstpointer data)
{
  TnChangeFunc change = *(const TnChangeFunc *)data;
  g_autoptr (TnGraph) plain = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (plain, TRUE);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) changed = NULL;
  g_autoptr (TnScene) before = scene_of (graph, FALSE, NULL);
  g_autoptr (TnScene) after = NULL;

  change (draft, graph);
  changed = tn_draft_finish (draft);
  after = scene_of (changed, FALSE, before);
  g_assert_cmpuint (assert_all_said (before, after), >, 20);
  g_assert_cmpuint (assert_all_said (after, before), >, 20);
}

/* Moving one layer far from the rest is said of little more than that layer. */
static void
test_little (void)
{
  g_autoptr (TnGraph) plain = model_new (MODEL " / far:Dense<");
  g_autoptr (TnGraph) graph = tn_layout (plain, TRUE);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) start = NULL;
  g_autoptr (TnGraph) moved = NULL;
  g_autoptr (TnScene) before = NULL;
  g_autoptr (TnScene) after = NULL;
  g_autoptr (GArray) changes = NULL;

  tn_draft_move (draft, id_of (graph, "far"), 3000, 3000);
  start = tn_draft_finish (draft);
  tn_draft_move (draft, id_of (graph, "far"), 3040, 3000);
  moved = tn_draft_finish (draft);
  before = scene_of (start, FALSE, NULL);
  after = scene_of (moved, FALSE, before);
  changes = tn_scene_changes (before, after);
  g_assert_cmpuint (changes->len, >, 0);
  for (guint i = 0; i < changes->len; i++)
    {
      TnRect rect = g_array_index (changes, TnRect, i);

      g_assert_cmpfloat (rect.x, >, 2700);
      g_assert_cmpfloat (rect.y, >, 2800);
      g_assert_cmpfloat (rect.x + rect.width, <, 3300);
    }
}

int
main (int argc, char **argv)
{
  static const TnChangeFunc functions[]
      = { move_aside, move_into_wires, rename_one, set_units, remove_one, cut_wire, add_one };
  static const char *const names[]
      = { "move-aside", "move-into-wires", "rename", "set", "remove", "cut", "add" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/changes/nothing", test_nothing);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      g_autofree char *path = g_strconcat ("/scene/changes/", names[i], NULL);

      g_test_add_data_func (path, &functions[i], test_change);
    }
  g_test_add_func ("/scene/changes/little", test_little);
  return g_test_run ();
}
