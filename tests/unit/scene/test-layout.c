/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes do not overlap, chains are straight, wires keep off boxes, and it is quick. */
#include <math.h>
#include <time.h>

#include "scene-models.h"
#include "scene/tn-scene-private.h"

static double
x_of (const TnGraph *graph, const char *name)
{
  return tn_node_x (tn_graph_find_name (graph, name));
}

static double
y_of (const TnGraph *graph, const char *name)
{
  return tn_node_y (tn_graph_find_name (graph, name));
}

static TnScene *
scene_of (const TnGraph *graph, TnDirection direction)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnSceneOptions options = { .theme = TN_THEME_LIGHT, .direction = direction };

  return tn_scene_new (graph, facts, &options);
}

/* No two boxes overlap, and no wire runs through a box that it does not end at. */
static void
assert_tidy (const TnScene *scene)
{
  for (guint i = 0; i < scene->n_nodes; i++)
    for (guint j = 0; j < i; j++)
      {
        TnRect a = scene->nodes[i].box;
        TnRect b = scene->nodes[j].box;

        g_assert_false (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height
                        && b.y < a.y + a.height);
      }
  for (guint i = 0; i < scene->n_wires; i++)
    for (guint j = 0; j < scene->n_nodes; j++)
      if (tn_node_id (scene->nodes[j].node) != scene->wires[i].ref.node
          && scene->wires[i].node != j)
        g_assert_false (tn_curve_crosses (&scene->wires[i].curve, scene->nodes[j].box));
}

static void
assert_labels_apart (const TnScene *scene)
{
  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnRect a = scene->wires[i].label;

      for (guint j = 0; j < i + scene->n_nodes; j++)
        {
          TnRect b = j < i ? scene->wires[j].label : scene->nodes[j - i].box;

          g_assert_false (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height
                          && b.y < a.y + a.height);
        }
    }
}

static void
check_tidy (const char *text)
{
  g_autoptr (TnGraph) model = model_new (text);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);

  for (TnDirection direction = TN_DIRECTION_DOWN; direction <= TN_DIRECTION_RIGHT; direction++)
    {
      g_autoptr (TnScene) scene = scene_of (graph, direction);

      assert_tidy (scene);
      assert_labels_apart (scene);
    }
}

static void
test_tidy (void)
{
  check_tidy (MODEL_RICH);
  check_tidy ("InputLayer");
  check_tidy ("a:InputLayer / b:InputLayer / c:InputLayer / Concatenate<a,b,c / Flatten / Dense");
  /* Skips over one, two and three layers, side by side. */
  check_tidy ("InputLayer / a:ReLU / b:ReLU / c:ReLU / d:ReLU / Add<input_layer,a,b,d / Softmax");
  check_tidy ("InputLayer / a:ReLU / Add<input_layer,a / b:ReLU / add2:Add<add,b / c:ReLU / "
              "Concatenate<add,add2,c");
}

static void
test_straight (void)
{
  g_autoptr (TnGraph) model
      = model_new ("InputLayer / a:ReLU / b:ReLU / c:ReLU / Add<a,c / d:ReLU / e:ReLU");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  static const char *const names[] = { "input_layer", "a", "b", "c", "add", "d", "e" };

  /* The skip goes aside; the trunk stays a line, evenly spaced. */
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpfloat (x_of (graph, names[i]), ==, x_of (graph, names[0]));
      g_assert_cmpfloat (y_of (graph, names[i]) - y_of (graph, names[i - 1]), ==,
                         y_of (graph, names[1]) - y_of (graph, names[0]));
    }
}

static void
test_slots (void)
{
  g_autoptr (TnGraph) model
      = model_new ("a:InputLayer / b:InputLayer / c:InputLayer / Concatenate<c,a,b");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);

  g_assert_cmpfloat (x_of (graph, "c"), <, x_of (graph, "a"));
  g_assert_cmpfloat (x_of (graph, "a"), <, x_of (graph, "b"));
}

static void
test_side_inputs (void)
{
  g_autoptr (TnGraph) model
      = model_new ("InputLayer / a:ReLU / b:ReLU / c:ReLU / side:InputLayer / Add<c,side");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);

  /* It stands just above what it feeds, not at the very top. */
  g_assert_cmpfloat (y_of (graph, "side"), ==, y_of (graph, "c"));
}

static void
test_target (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer / Flatten / Dense / Target");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnScene) scene = scene_of (graph, TN_DIRECTION_DOWN);
  double x, y;

  g_assert_cmpfloat (x_of (graph, "target"), >, x_of (graph, "dense") + 200);
  /* Its port is at the side that faces the output. */
  g_assert_true (tn_scene_input_port (scene, model_id (graph, "target"), 0, 0, &x, &y));
  g_assert_cmpfloat (x, <, x_of (graph, "target"));
  g_assert_cmpfloat (y, ==, y_of (graph, "target"));
}

static void
test_deterministic (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL_RICH);
  g_autoptr (TnGraph) first = tn_layout (model, TRUE);
  g_autoptr (TnGraph) second = tn_layout (first, TRUE);
  g_autoptr (TnGraph) none = tn_layout (first, FALSE);

  /* Nothing moved: the same graph. */
  g_assert_true (second == first);
  g_assert_true (none == first);
  g_assert_true (tn_graph_same_meaning (model, first));
}

static void
test_incomplete (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer / a:ReLU / b:ReLU / c:ReLU");
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) partly = NULL;
  g_autoptr (TnGraph) graph = NULL;

  tn_draft_move (draft, model_id (model, "input_layer"), 1000, 500);
  tn_draft_move (draft, model_id (model, "a"), 1000, 640);
  partly = tn_draft_finish (draft);
  graph = tn_layout (partly, FALSE);
  /* What had a place keeps it; the rest continues from there. */
  g_assert_cmpfloat (x_of (graph, "input_layer"), ==, 1000);
  g_assert_cmpfloat (y_of (graph, "a"), ==, 640);
  g_assert_cmpfloat (x_of (graph, "b"), ==, 1000);
  g_assert_cmpfloat (y_of (graph, "b"), >, 640 + 60);
  g_assert_cmpfloat (y_of (graph, "c"), >, y_of (graph, "b") + 60);
}

/* As people edit: what has no place of its own is added, and all is arranged anew. */
static void
test_stable (void)
{
  g_autoptr (TnGraph) model = model_new (
      "InputLayer / a:ReLU<input_layer / b:ReLU<input_layer / c:ReLU<input_layer / Add<a,b,c");
  g_autoptr (TnGraph) first = tn_layout (model, TRUE);
  g_autoptr (TnDraft) draft = tn_draft_new (first);
  g_autoptr (TnGraph) exchanged = NULL;
  g_autoptr (TnGraph) arranged = NULL;
  g_autoptr (TnGraph) again = NULL;

  /* Three branches of one merge stand in the order of its slots, whatever people did to them. */
  g_assert_cmpfloat (x_of (first, "a"), <, x_of (first, "b"));
  g_assert_cmpfloat (x_of (first, "b"), <, x_of (first, "c"));
  tn_draft_move (draft, model_id (first, "a"), x_of (first, "c") + 20, y_of (first, "a"));
  exchanged = tn_draft_finish (draft);
  arranged = tn_layout (exchanged, TRUE);
  again = tn_layout (arranged, TRUE);
  g_assert_true (again == arranged);
  g_assert_cmpfloat (x_of (arranged, "a"), <, x_of (arranged, "b"));

  /* Outputs that nothing joins stand as people put them. */
  g_clear_pointer (&model, tn_graph_unref);
  g_clear_pointer (&draft, tn_draft_free);
  model = model_new ("InputLayer / a:ReLU<input_layer / b:ReLU<input_layer / c:ReLU<input_layer");
  draft = tn_draft_new (model);
  tn_draft_move (draft, model_id (model, "input_layer"), 0, 0);
  tn_draft_move (draft, model_id (model, "a"), 300, 110);
  tn_draft_move (draft, model_id (model, "b"), -310, 90);
  tn_draft_move (draft, model_id (model, "c"), 7, 100);
  g_clear_pointer (&exchanged, tn_graph_unref);
  exchanged = tn_draft_finish (draft);
  g_clear_pointer (&arranged, tn_graph_unref);
  arranged = tn_layout (exchanged, TRUE);
  g_assert_cmpfloat (x_of (arranged, "b"), <, x_of (arranged, "c"));
  g_assert_cmpfloat (x_of (arranged, "c"), <, x_of (arranged, "a"));
}

static guint64
crossings_of (const TnGraph *graph)
{
  g_autoptr (TnScene) scene = scene_of (graph, TN_DIRECTION_DOWN);
  guint64 count = 0;

  /* Between the middles of boxes: of edges that share none. */
  for (guint i = 0; i < scene->n_wires; i++)
    for (guint j = 0; j < i; j++)
      {
        const TnSceneWire *a = &scene->wires[i], *b = &scene->wires[j];
        TnPoint p = a->curve.points[0], q = a->curve.points[a->curve.n_points - 1];
        TnPoint r = b->curve.points[0], s = b->curve.points[b->curve.n_points - 1];

        if (a->stub || b->stub || a->node == b->node || a->ref.node == b->ref.node || p.y != r.y
            || q.y != s.y)
          continue;
        count += (p.x - r.x) * (q.x - s.x) < 0;
      }
  return count;
}

/* Pairs that are wired crosswise in the order of the file: there is an order without crossings. */
static void
test_crossings (void)
{
  g_autoptr (TnGraph) model = model_new (
      "a:InputLayer / b:InputLayer / c:InputLayer / d:InputLayer / p:ReLU<d / q:ReLU<b / r:ReLU<a "
      "/ "
      "s:ReLU<c / Add<q,p / add2:Add<s,r / add3:Add<add2,add");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);

  g_assert_cmpuint (crossings_of (graph), ==, 0);
}

static void
test_directions (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL_RICH);
  g_autoptr (TnFacts) facts = tn_infer (model, NULL, NULL);
  TnArrangement arrangement = { .direction = TN_DIRECTION_RIGHT, .facts = facts };
  g_autoptr (TnGraph) graph = tn_layout_arrange (model, &arrangement);
  g_autoptr (TnGraph) again = tn_layout_arrange (graph, &arrangement);
  g_autoptr (TnScene) scene = scene_of (graph, TN_DIRECTION_RIGHT);
  TnRect box;

  g_assert_cmpint (tn_graph_direction (graph), ==, TN_DIRECTION_RIGHT);
  g_assert_true (tn_graph_same_meaning (model, graph));
  g_assert_true (again == graph);
  g_assert_cmpfloat (x_of (graph, "conv2d"), >, x_of (graph, "input_layer") + 208);
  g_assert_cmpfloat (y_of (graph, "conv2d"), ==, y_of (graph, "input_layer"));
  assert_tidy (scene);
  assert_labels_apart (scene);
  /* What is stored is what is shown. */
  g_assert_true (tn_scene_node_box (scene, model_id (graph, "flatten"), &box));
  g_assert_cmpfloat (box.x + box.width / 2, ==, x_of (graph, "flatten"));
}

static void
test_part (void)
{
  g_autoptr (TnGraph) model
      = model_new ("InputLayer / a:ReLU / b:ReLU / c:ReLU / d:ReLU / e:ReLU / Add<a,e");
  g_autoptr (TnGraph) placed = tn_layout (model, TRUE);
  g_autoptr (TnDraft) draft = tn_draft_new (placed);
  g_autoptr (TnGraph) messy = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnScene) scene = NULL;
  TnNodeId nodes[] = { model_id (model, "b"), model_id (model, "c"), model_id (model, "d") };
  TnArrangement arrangement = { .nodes = nodes, .n_nodes = G_N_ELEMENTS (nodes) };

  tn_draft_move (draft, nodes[0], 700, 300);
  tn_draft_move (draft, nodes[1], 640, 310);
  tn_draft_move (draft, nodes[2], 690, 200);
  messy = tn_draft_finish (draft);
  graph = tn_layout_arrange (messy, &arrangement);
  g_assert_cmpfloat (x_of (graph, "b"), ==, x_of (graph, "c"));
  g_assert_cmpfloat (x_of (graph, "c"), ==, x_of (graph, "d"));
  g_assert_cmpfloat (y_of (graph, "b"), <, y_of (graph, "c"));
  g_assert_cmpfloat (fabs (x_of (graph, "b") - 677), <, 4);
  /* Nothing else moved. */
  g_assert_true (tn_graph_find_name (graph, "e") == tn_graph_find_name (messy, "e"));
  g_assert_true (tn_graph_find_name (graph, "a") == tn_graph_find_name (messy, "a"));

  /* Where they stood over others, they make way. */
  g_clear_pointer (&draft, tn_draft_free);
  draft = tn_draft_new (placed);
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    tn_draft_move (draft, nodes[i], x_of (placed, "e") + 10.0 * i, y_of (placed, "e") - 8.0 * i);
  g_clear_pointer (&messy, tn_graph_unref);
  messy = tn_draft_finish (draft);
  g_clear_pointer (&graph, tn_graph_unref);
  graph = tn_layout_arrange (messy, &arrangement);
  scene = scene_of (graph, TN_DIRECTION_DOWN);
  for (guint i = 0; i < scene->n_nodes; i++)
    for (guint j = 0; j < i; j++)
      {
        TnRect a = scene->nodes[i].box, b = scene->nodes[j].box;

        g_assert_false (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height
                        && b.y < a.y + a.height);
      }
}

/* The smallest of a few runs, in seconds of this thread's time. */
static double
layout_time (const TnGraph *graph)
{
  double best = G_MAXDOUBLE;

  for (guint run = 0; run < 3; run++)
    {
      struct timespec start, end;
      g_autoptr (TnGraph) placed = NULL;

      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
      placed = tn_layout (graph, TRUE);
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
      best = MIN (best, (double)(end.tv_sec - start.tv_sec) + 1e-9 * (end.tv_nsec - start.tv_nsec));
    }
  return best;
}

static void
test_speed (void)
{
  g_autoptr (TnGraph) small = model_new_chain (1000);
  g_autoptr (TnGraph) large = model_new_chain (10000);
  double quick = layout_time (small);
  double slow = layout_time (large);

  g_test_message ("1,000 layers: %.1f ms; 10,000 layers: %.1f ms", quick * 1e3, slow * 1e3);
  /* About linear; a sanitizer or a busy machine slows both. */
  g_assert_cmpfloat (slow, <, 40 * quick + 0.05);
}

/* Boxes where the user put them, one of them in the way. */
static void
test_routes (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer / a:ReLU / b:ReLU / Add<input_layer,b");
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnScene) scene = NULL;

  tn_draft_move (draft, model_id (model, "input_layer"), 0, 0);
  tn_draft_move (draft, model_id (model, "a"), 10, 150);
  tn_draft_move (draft, model_id (model, "b"), -30, 300);
  tn_draft_move (draft, model_id (model, "add"), 5, 450);
  graph = tn_draft_finish (draft);
  scene = scene_of (graph, TN_DIRECTION_DOWN);
  assert_tidy (scene);
}

static void
test_hostile (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer / a:ReLU / b:ReLU / Add<input_layer,b");
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnScene) scene = NULL;
  TnRect bounds;

  tn_draft_move (draft, model_id (model, "input_layer"), 1e308, -1e308);
  tn_draft_move (draft, model_id (model, "a"), -1e308, 0);
  tn_draft_move (draft, model_id (model, "b"), 0, 0);
  tn_draft_move (draft, model_id (model, "add"), 0, 0);
  graph = tn_draft_finish (draft);
  scene = scene_of (graph, TN_DIRECTION_DOWN);
  bounds = tn_scene_bounds (scene);
  g_assert_true (isfinite (bounds.width) && isfinite (bounds.height));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/layout/tidy", test_tidy);
  g_test_add_func ("/scene/layout/straight", test_straight);
  g_test_add_func ("/scene/layout/slots", test_slots);
  g_test_add_func ("/scene/layout/side-inputs", test_side_inputs);
  g_test_add_func ("/scene/layout/target", test_target);
  g_test_add_func ("/scene/layout/deterministic", test_deterministic);
  g_test_add_func ("/scene/layout/incomplete", test_incomplete);
  g_test_add_func ("/scene/layout/stable", test_stable);
  g_test_add_func ("/scene/layout/crossings", test_crossings);
  g_test_add_func ("/scene/layout/directions", test_directions);
  g_test_add_func ("/scene/layout/part", test_part);
  g_test_add_func ("/scene/layout/speed", test_speed);
  g_test_add_func ("/scene/layout/routes", test_routes);
  g_test_add_func ("/scene/layout/hostile", test_hostile);
  return g_test_run ();
}
