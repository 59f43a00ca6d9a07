/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels cover no box and no other label, and wires no box, in all that is drawn from a layout. */
#include "formats/tn-format.h"
#include "scene-models.h"
#include "scene/tn-scene-private.h"

static gboolean
overlap (TnRect a, TnRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/* How many labels there are. What is drawn lies within their rectangles, at every zoom. */
static guint
check_labels (const TnScene *scene)
{
  guint n_labels = 0;

  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnRect label = scene->wires[i].label;

      if (scene->wires[i].text == NULL)
        continue;
      n_labels++;
      g_assert_cmpfloat (label.width, >,
                         tn_text_estimate (scene->wires[i].text, scene->style->label_size));
      for (guint j = 0; j < i; j++)
        g_assert_false (scene->wires[j].text != NULL && overlap (label, scene->wires[j].label));
      for (guint j = 0; j < scene->n_nodes; j++)
        /* What a frame is around has its labels within. */
        g_assert_false (!scene->nodes[j].hidden && scene->nodes[j].remark != TN_REMARK_FRAME
                        && overlap (label, scene->nodes[j].box));
    }
  return n_labels;
}

/* Every tensor's shape is told somewhere. */
static void
check_told (const TnScene *scene)
{
  for (guint i = 0; i < scene->n_wires; i++)
    {
      /* Along some nothing comes. */
      gboolean told = scene->wires[i].idle;

      for (guint j = 0; !told && j < scene->n_wires; j++)
        told = scene->wires[j].text != NULL
               && tn_ref_equal (scene->wires[i].ref, scene->wires[j].ref);
      g_assert_true (told);
    }
}

static void
check_wires (const TnScene *scene)
{
  for (guint i = 0; i < scene->n_wires; i++)
    for (guint j = 0; j < scene->n_nodes; j++)
      {
        TnRect box = tn_rect_grown (scene->nodes[j].box, -1);
        int source = tn_graph_index (scene->graph, scene->wires[i].ref.node);

        if (scene->nodes[j].hidden || scene->nodes[j].remark == TN_REMARK_FRAME
            || j == scene->nodes[source].shown || j == scene->wires[i].node)
          continue;
        if (tn_curve_crosses (&scene->wires[i].curve, box))
          g_test_message ("%s runs through %s", tn_node_name (scene->nodes[source].node),
                          scene->nodes[j].name);
        g_assert_false (tn_curve_crosses (&scene->wires[i].curve, box));
      }
}

static void
check_graph (const TnGraph *graph, const char *name)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

  for (TnDirection direction = TN_DIRECTION_DOWN; direction <= TN_DIRECTION_RIGHT; direction++)
    for (TnWires wires = TN_WIRES_CURVED; wires <= TN_WIRES_ORTHOGONAL; wires++)
      {
        TnArrangement arrangement = { .direction = direction, .facts = facts };
        TnSceneOptions options = { .direction = direction, .wires = wires };
        g_autoptr (TnGraph) arranged = tn_layout_arrange (graph, &arrangement);
        g_autoptr (TnScene) scene = tn_scene_new (arranged, facts, &options);

        g_test_message ("%s, %s, %s: %u labels on %u wires", name, tn_direction_name (direction),
                        tn_wires_name (wires), check_labels (scene), scene->n_wires);
        check_told (scene);
        check_wires (scene);
      }
}

static void
check_folder (const char *folder, guint least)
{
  g_autoptr (GDir) dir = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, folder, NULL);
  const char *name;
  guint n_read = 0;

  dir = g_dir_open (path, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr (TnGraph) graph = tn_format_read (file, NULL, NULL);

      /* Some are there to be refused. */
      if (graph == NULL)
        continue;
      check_graph (graph, name);
      n_read++;
    }
  g_assert_cmpuint (n_read, >=, least);
}

static void
test_examples (void)
{
  check_folder ("resources/examples", 6);
  check_folder ("tests/golden/files", 15);
}

static void
test_ladders (void)
{
  GString *text = g_string_new ("InputLayer(batch_shape=(None, 32, 32, 8)) / start:ReLU");

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *before = i == 0 ? g_strdup ("start") : g_strdup_printf ("add%u", i - 1);

      g_string_append_printf (text, " / a%u:Conv2D(filters=16; kernel_size=3; padding=same)", i);
      g_string_append_printf (text, " / b%u:Conv2D(filters=8; kernel_size=3; padding=same)", i);
      g_string_append_printf (text, " / add%u:Add<b%u,%s", i, i, before);
    }
  g_autofree char *model = g_string_free (text, FALSE);
  g_autoptr (TnGraph) graph = model_new (model);

  check_graph (graph, "ladder");
}

static void
test_unets (void)
{
  for (guint depth = 2; depth <= 5; depth++)
    {
      GString *text = g_string_new ("InputLayer(batch_shape=(None, 256, 256, 4))");
      g_autofree char *name = g_strdup_printf ("U-Net of depth %u", depth);

      for (guint i = 0; i < depth; i++)
        g_string_append_printf (text,
                                " / d%u:Conv2D(filters=%u; kernel_size=3; padding=same)"
                                " / r%u:ReLU / p%u:MaxPooling2D",
                                i, 8u << i, i, i);
      g_string_append (text, " / Conv2D(filters=64; kernel_size=3; padding=same)");
      for (guint i = depth; i-- > 0;)
        {
          g_string_append_printf (text, " / u%u:UpSampling2D / c%u:Concatenate<r%u,u%u", i, i, i,
                                  i);
          g_string_append_printf (text, " / e%u:Conv2D(filters=8; kernel_size=3; padding=same)", i);
        }
      g_autofree char *model = g_string_free (text, FALSE);
      g_autoptr (TnGraph) graph = model_new (model);

      check_graph (graph, name);
    }
}

static void
test_inceptions (void)
{
  GString *text = g_string_new ("InputLayer(batch_shape=(None, 32, 32, 16)) / out:ReLU");

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *before = i == 0 ? g_strdup ("out") : g_strdup_printf ("m%u", i - 1);

      g_string_append_printf (text,
                              " / a%u:Conv2D(filters=8; kernel_size=1)<%s"
                              " / b%u:Conv2D(filters=8; kernel_size=1)<%s"
                              " / bb%u:Conv2D(filters=8; kernel_size=3; padding=same)<b%u"
                              " / c%u:Conv2D(filters=8; kernel_size=1)<%s"
                              " / cc%u:Conv2D(filters=8; kernel_size=5; padding=same)<c%u"
                              " / p%u:MaxPooling2D(pool_size=3; strides=1; padding=same)<%s"
                              " / pp%u:Conv2D(filters=8; kernel_size=1)<p%u"
                              " / m%u:Concatenate<a%u,bb%u,cc%u,pp%u",
                              i, before, i, before, i, i, i, before, i, i, i, before, i, i, i, i, i,
                              i, i);
    }
  g_autofree char *model = g_string_free (text, FALSE);
  g_autoptr (TnGraph) graph = model_new (model);

  check_graph (graph, "inception");
}

/* As people place boxes: close together, over one another. What is told may be less, but nothing is
 * covered by what is. */
static void
test_random_places (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL_RICH);

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (model);
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (TnFacts) facts = NULL;
      g_autoptr (TnScene) scene = NULL;
      TnSceneOptions options
          = { .wires = round % 2, .direction = round % 3 ? TN_DIRECTION_DOWN : TN_DIRECTION_RIGHT };

      for (guint i = 0; i < tn_graph_size (model); i++)
        tn_draft_move (draft, tn_node_id (tn_graph_node (model, i)), g_test_rand_int_range (0, 900),
                       g_test_rand_int_range (0, 900));
      tn_draft_set_direction (draft, options.direction);
      graph = tn_draft_finish (draft);
      facts = tn_infer (graph, NULL, NULL);
      scene = tn_scene_new (graph, facts, &options);
      g_assert_cmpuint (check_labels (scene), >, scene->n_wires / 2);
    }
}

/* A file may put thousands of boxes on one heap: that is drawn somehow, and at once. */
static void
test_heap (void)
{
  g_autoptr (TnGraph) model = model_new_chain (5000);
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  GTimer *timer = g_timer_new ();

  for (guint i = 0; i < tn_graph_size (model); i++)
    tn_draft_move (draft, tn_node_id (tn_graph_node (model, i)), 0, i % 7);
  graph = tn_draft_finish (draft);
  facts = tn_infer (graph, NULL, NULL);
  for (TnWires wires = TN_WIRES_CURVED; wires <= TN_WIRES_ORTHOGONAL; wires++)
    {
      TnSceneOptions options = { .wires = wires };
      g_autoptr (TnScene) scene = NULL;

      g_timer_start (timer);
      scene = tn_scene_new (graph, facts, &options);
      g_test_message ("%s: %.2f s, %u labels", tn_wires_name (wires), g_timer_elapsed (timer, NULL),
                      check_labels (scene));
      /* Minutes, if every wire looked for its way; also under a sanitizer. */
      g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 20);
    }
  g_timer_destroy (timer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/labels/examples", test_examples);
  g_test_add_func ("/scene/labels/ladders", test_ladders);
  g_test_add_func ("/scene/labels/unets", test_unets);
  g_test_add_func ("/scene/labels/inceptions", test_inceptions);
  g_test_add_func ("/scene/labels/random-places", test_random_places);
  g_test_add_func ("/scene/labels/heap", test_heap);
  return g_test_run ();
}
