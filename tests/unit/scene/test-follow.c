/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene that follows the one before it is the scene that is made of the same model from nothing:
 * in boxes, ports, wires, labels, bounds and what is hit, however layers are dragged and set. */
#include <math.h>

#include "layers/tn-remarks.h"
#include "scene-models.h"
#include "scene/tn-scene-private.h"

#define N_STEPS 60
#define N_HITS  60

typedef struct
{
  const char *name;
  TnDirection direction;
  TnWires wires;
  guint n_blocks;  /* residual blocks after one another; 0: the rich model */
  guint n_grouped; /* so many of these are groups of their own, in turn open and closed */
  gboolean remarks;
  gboolean without_facts;
} Case;

static const Case cases[] = {
  { "rich", TN_DIRECTION_DOWN, TN_WIRES_CURVED, 0, 0, FALSE, FALSE },
  { "rich-right", TN_DIRECTION_RIGHT, TN_WIRES_CURVED, 0, 0, FALSE, FALSE },
  { "rich-orthogonal", TN_DIRECTION_DOWN, TN_WIRES_ORTHOGONAL, 0, 0, TRUE, FALSE },
  { "rich-bare", TN_DIRECTION_DOWN, TN_WIRES_CURVED, 0, 0, FALSE, TRUE },
  { "blocks", TN_DIRECTION_DOWN, TN_WIRES_CURVED, 40, 0, FALSE, FALSE },
  { "blocks-right", TN_DIRECTION_RIGHT, TN_WIRES_ORTHOGONAL, 40, 0, TRUE, FALSE },
  { "blocks-orthogonal", TN_DIRECTION_DOWN, TN_WIRES_ORTHOGONAL, 30, 0, FALSE, FALSE },
  { "groups", TN_DIRECTION_DOWN, TN_WIRES_CURVED, 16, 8, TRUE, FALSE },
};

/* ---- models ---- */

static TnNodeId
add (TnDraft *draft, const char *type, TnNodeId from, const char *param, const char *value)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, NULL, TRUE, NULL);

  if (param != NULL)
    g_assert_true (tn_draft_set_text (draft, id, param, value, NULL));
  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, id, 0, 0, NULL));
  return id;
}

static TnGraph *
blocks_new (guint n_blocks, guint n_grouped)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add (draft, "InputLayer", TN_NODE_NONE, "batch_shape", "(None, 16, 16, 8)");

  for (guint i = 0; i < n_blocks; i++)
    {
      TnNodeId before = last, inner[3];

      inner[0] = add (draft, "Conv2D", last, "padding", "same");
      g_assert_true (tn_draft_set_text (draft, inner[0], "filters", "8", NULL));
      inner[1] = add (draft, "ReLU", inner[0], NULL, NULL);
      inner[2] = last = add (draft, "Add", inner[1], NULL, NULL);
      g_assert_true (tn_draft_connect (draft, (TnRef){ before, 0, 0 }, last, 0, G_MAXUINT, NULL));
      if (i < n_grouped)
        {
          g_autofree char *name = g_strdup_printf ("block_%u", i);

          g_assert_true (tn_draft_set_group (draft, name, "Functional", NULL, 0, NULL, NULL));
          for (guint j = 0; j < G_N_ELEMENTS (inner); j++)
            tn_draft_put_into (draft, inner[j], name);
          tn_draft_open_group (draft, name, i % 2 == 0);
        }
    }
  return tn_draft_finish (draft);
}

static TnGraph *
with_remarks (const TnGraph *graph)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId comment = tn_draft_add (draft, &tn_layer_comment ()->schema, NULL, TRUE, NULL);
  TnNodeId frame = tn_draft_add (draft, &tn_layer_frame ()->schema, NULL, TRUE, NULL);

  g_assert_true (tn_draft_set_text (draft, comment, "text", "'what a comment says'", NULL));
  tn_draft_move (draft, comment, 300, 120);
  tn_draft_move (draft, frame, 40, 260);
  return tn_draft_finish (draft);
}

static TnGraph *
model_of (const Case *test)
{
  g_autoptr (TnGraph) bare
      = test->n_blocks > 0 ? blocks_new (test->n_blocks, test->n_grouped) : model_new (MODEL_RICH);
  g_autoptr (TnDraft) draft = tn_draft_new (bare);
  g_autoptr (TnGraph) turned = NULL;
  g_autoptr (TnGraph) placed = NULL;

  tn_draft_set_direction (draft, test->direction);
  turned = tn_draft_finish (draft);
  placed = tn_layout (turned, TRUE);
  return test->remarks ? with_remarks (placed) : g_steal_pointer (&placed);
}

/* ---- what happens to them ---- */

/* Some layers are taken elsewhere: a little, far, onto one another. */
static TnGraph *
drag (const TnGraph *graph, GRand *rand)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  guint n = tn_graph_size (graph), n_dragged = g_rand_int_range (rand, 0, 4) == 0 ? 5 : 1;
  guint first = (guint)g_rand_int_range (rand, 0, (int)n);
  double reach = g_rand_int_range (rand, 0, 3) == 0 ? 900 : 40;
  double dx = floor (g_rand_double_range (rand, -reach, reach));
  double dy = g_rand_double_range (rand, -reach, reach);

  for (guint i = first; i < MIN (first + n_dragged, n); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      tn_draft_move (draft, tn_node_id (node), tn_node_x (node) + dx, tn_node_y (node) + dy);
    }
  return tn_draft_finish (draft);
}

/* Another number of filters, or of units: shapes that follow may be others or wrong. */
static TnGraph *
set (const TnGraph *graph, GRand *rand)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  guint n = tn_graph_size (graph), first = (guint)g_rand_int_range (rand, 0, (int)n);

  for (guint i = 0; i < n; i++)
    {
      const TnNode *node = tn_graph_node (graph, (first + i) % n);
      const char *param = g_str_equal (tn_node_type (node), "Conv2D")  ? "filters"
                          : g_str_equal (tn_node_type (node), "Dense") ? "units"
                                                                       : NULL;
      const char *value = g_rand_boolean (rand) ? "8" : "1234";

      if (param == NULL)
        continue;
      g_assert_true (tn_draft_set_text (draft, tn_node_id (node), param, value, NULL));
      break;
    }
  return tn_draft_finish (draft);
}

/* ---- the same? ---- */

static void
assert_same_point (TnPoint a, TnPoint b)
{
  g_assert_true (a.x == b.x && a.y == b.y);
}

static void
assert_same_rect (TnRect a, TnRect b)
{
  g_assert_true (a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height);
}

static void
assert_same_nodes (const TnScene *a, const TnScene *b)
{
  g_assert_cmpuint (a->n_nodes, ==, b->n_nodes);
  for (guint i = 0; i < a->n_nodes; i++)
    {
      const TnSceneNode *one = &a->nodes[i], *other = &b->nodes[i];

      g_assert_true (one->node == other->node && one->group == other->group);
      g_assert_true (one->shown == other->shown && one->hidden == other->hidden);
      assert_same_rect (one->box, other->box);
      assert_same_rect (one->bounds, other->bounds);
      g_assert_cmpstr (one->name, ==, other->name);
      g_assert_cmpstr (one->label, ==, other->label);
      g_assert_cmpstr (one->brief, ==, other->brief);
      g_assert_cmpstr (one->waits, ==, other->waits);
      g_assert_cmpstr (one->note, ==, other->note);
      g_assert_cmpstr (one->pin, ==, other->pin);
      g_assert_cmpstr (one->shape, ==, other->shape);
      g_assert_true (one->issue == other->issue);
      g_assert_cmpuint (one->n_issues, ==, other->n_issues);
      g_assert_cmpint (one->state, ==, other->state);
      g_assert_cmpint (one->role, ==, other->role);
      g_assert_cmpint (one->side, ==, other->side);
      g_assert_cmpuint (one->n_inputs, ==, other->n_inputs);
      g_assert_cmpuint (one->n_outputs, ==, other->n_outputs);
      for (guint j = 0; j < one->n_inputs; j++)
        assert_same_point (a->inputs[one->first_input + j].at,
                           b->inputs[other->first_input + j].at);
      for (guint j = 0; j < one->n_outputs; j++)
        assert_same_point (a->outputs[one->first_output + j].at,
                           b->outputs[other->first_output + j].at);
    }
}

static void
assert_same_wires (const TnScene *a, const TnScene *b)
{
  g_assert_cmpuint (a->n_wires, ==, b->n_wires);
  for (guint i = 0; i < a->n_wires; i++)
    {
      const TnSceneWire *one = &a->wires[i], *other = &b->wires[i];

      g_assert_cmpuint (one->curve.n_points, ==, other->curve.n_points);
      for (guint j = 0; j < one->curve.n_points; j++)
        assert_same_point (one->curve.points[j], other->curve.points[j]);
      g_assert_true (tn_ref_equal (one->ref, other->ref));
      g_assert_cmpint (one->state, ==, other->state);
      g_assert_cmpstr (one->text, ==, other->text);
      assert_same_rect (one->label, other->label);
      assert_same_point (one->anchor, other->anchor);
      g_assert_cmpint (one->apart, ==, other->apart);
      assert_same_rect (one->bounds, other->bounds);
    }
}

static void
assert_same_hits (const TnScene *a, const TnScene *b, GRand *rand)
{
  TnRect bounds = tn_scene_bounds (a);

  assert_same_rect (bounds, tn_scene_bounds (b));
  for (guint i = 0; i < a->n_frames; i++)
    assert_same_rect (a->frames[i].box, b->frames[i].box);
  for (guint i = 0; i < N_HITS; i++)
    {
      double x = g_rand_double_range (rand, bounds.x, bounds.x + bounds.width);
      double y = g_rand_double_range (rand, bounds.y, bounds.y + bounds.height);
      double size = g_rand_double_range (rand, 0, 400);
      TnHit one = tn_scene_hit (a, x, y, 8), other = tn_scene_hit (b, x, y, 8);
      g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
      g_autoptr (GArray) found_too = g_array_new (FALSE, FALSE, sizeof (guint));

      g_assert_cmpint (one.kind, ==, other.kind);
      g_assert_true (one.node == other.node && one.call == other.call && one.slot == other.slot);
      tn_spatial_query (a->items, (TnRect){ x, y, size, size }, found);
      tn_spatial_query (b->items, (TnRect){ x, y, size, size }, found_too);
      g_assert_cmpmem (found->data, found->len * sizeof (guint), found_too->data,
                       found_too->len * sizeof (guint));
    }
}

/* Is all that the comparison of whole scenes finds in what was told? */
static void
assert_told (const GArray *told, const GArray *all)
{
  for (guint i = 0; i < all->len; i++)
    {
      TnRect rect = g_array_index (all, TnRect, i);
      gboolean found = FALSE;

      for (guint j = 0; j < told->len && !found; j++)
        {
          TnRect other = g_array_index (told, TnRect, j);

          found = rect.x >= other.x && rect.y >= other.y
                  && rect.x + rect.width <= other.x + other.width
                  && rect.y + rect.height <= other.y + other.height;
        }
      g_assert_true (found);
    }
}

/* ---- the test ---- */

static void
test_follow (gconstpointer data)
{
  const Case *test = data;
  TnSceneOptions options
      = { .theme = TN_THEME_LIGHT, .wires = test->wires, .direction = test->direction };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  g_autoptr (TnGraph) graph = model_of (test);
  g_autoptr (TnFacts) facts = test->without_facts ? NULL : tn_infer (graph, NULL, NULL);
  g_autoptr (TnScene) scene = tn_scene_new (graph, facts, &options);
  g_autoptr (TnScene) whole = tn_scene_new (graph, facts, &options);
  g_autoptr (TnGraph) undone = tn_graph_ref (graph);
  guint n_kept = 0;

  for (guint i = 0; i < N_STEPS; i++)
    {
      int what = g_rand_int_range (rand, 0, 8);
      g_autoptr (TnGraph) next = NULL;
      g_autoptr (GArray) changes = NULL;
      g_autoptr (GArray) all = NULL;
      TnScene *before = scene;
      TnScene *now;

      next = what == 0 ? set (graph, rand) : what == 1 ? tn_graph_ref (undone) : drag (graph, rand);
      if (what == 2)
        {
          tn_graph_unref (undone);
          undone = tn_graph_ref (graph);
        }
      tn_graph_unref (graph);
      graph = g_steal_pointer (&next);
      /* What is known comes later, at times. */
      if (facts != NULL && what < 4)
        {
          TnFacts *later = tn_infer (graph, facts, NULL);

          tn_facts_unref (facts);
          facts = later;
        }
      scene = tn_scene_follow (scene, graph, facts, &options, &changes);
      n_kept += scene == before;
      now = tn_scene_new (graph, facts, &options);
      all = tn_scene_changes (whole, now);
      tn_scene_unref (whole);
      whole = now;

      assert_same_nodes (scene, whole);
      assert_same_wires (scene, whole);
      assert_same_hits (scene, whole, rand);
      g_assert_nonnull (changes);
      assert_told (changes, all);
    }
  /* It was not made anew each time. */
  g_assert_cmpuint (n_kept, ==, N_STEPS);
}

/* What is somebody else's as well stays as it is; and so it does not when it cannot be followed. */
static void
test_shared (void)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (TnGraph) bare = blocks_new (3, 0);
  g_autoptr (TnGraph) graph = tn_layout (bare, TRUE);
  g_autoptr (TnGraph) dragged = drag (graph, rand);
  g_autoptr (TnScene) first = tn_scene_new (graph, NULL, &options);
  g_autofree char *before = tn_scene_dump (first);
  g_autofree char *after = NULL;
  g_autoptr (GArray) changes = NULL;
  g_autoptr (GArray) more = NULL;
  g_autoptr (TnGraph) other = model_new (MODEL_RICH);
  g_autoptr (TnScene) second
      = tn_scene_follow (tn_scene_ref (first), dragged, NULL, &options, &changes);

  g_assert_true (first != second);
  after = tn_scene_dump (first);
  g_assert_cmpstr (before, ==, after);
  second = tn_scene_follow (g_steal_pointer (&second), other, NULL, &options, &more);
  g_assert_true (tn_scene_graph (second) == other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/scene/follow/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_follow);
    }
  g_test_add_func ("/scene/follow/shared", test_shared);
  return g_test_run ();
}
