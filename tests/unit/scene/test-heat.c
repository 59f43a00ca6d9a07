/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heat: the amounts in the boxes, their shares, groups as sums, what is not known, the legend. */
#include <math.h>

#include "scene-models.h"
#include "scene/tn-figure.h"
#include "scene/tn-scene-private.h"

#define MODEL                                                                                      \
  "InputLayer(batch_shape=(None, 28, 28, 1)) / Conv2D(filters=32; kernel_size=3) / Flatten / "     \
  "Dense(units=10)"

static TnScene *
scene_of (const TnGraph *graph, TnHeat heat, const GArray *times)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnSceneOptions options = { .theme = TN_THEME_LIGHT, .heat = heat, .times = times };

  return tn_scene_new (graph, facts, &options);
}

static const TnSceneNode *
node_of (const TnScene *scene, const char *name)
{
  const TnSceneNode *node = tn_scene_find_node (scene, model_id (scene->graph, name));

  g_assert_nonnull (node);
  return node;
}

static void
test_amounts (void)
{
  /* Conv2D: 320 = 3·3·1·32 + 32 and 194688 = 26·26·32·9; its output 26·26·32·4 bytes. */
  static const struct
  {
    TnHeat heat;
    double conv2d, dense;
    const char *text;
  } cases[] = {
    { TN_HEAT_PARAMS, 320.0 / 216330, 1, "320 · 0 %" },
    { TN_HEAT_MACS, 194688.0 / 216320, 1, "195 k · 47 %" },
    { TN_HEAT_MEMORY, 1, 10.0 / (26 * 26 * 32), "84.5 KiB · 49 %" },
  };
  g_autoptr (TnGraph) model = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnScene) scene = scene_of (graph, cases[i].heat, NULL);

      g_assert_cmpfloat_with_epsilon (node_of (scene, "conv2d")->heat, cases[i].conv2d, 1e-9);
      g_assert_cmpfloat_with_epsilon (node_of (scene, "dense")->heat, cases[i].dense, 1e-9);
      g_assert_cmpstr (node_of (scene, "conv2d")->heat_text, ==, cases[i].text);
    }
}

/* Of a run: what did not take part has no number, and colours nothing. */
static void
test_time (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (TnHeatTime));
  TnHeatTime time = { model_id (graph, "conv2d"), 0.003 };
  TnHeatTime gone = { 4711, 1.0 };
  g_autoptr (TnScene) scene = NULL;
  g_autoptr (TnScene) before = scene_of (graph, TN_HEAT_TIME, NULL);
  TnRect with, without;

  g_assert_cmpstr (node_of (before, "conv2d")->heat_text, ==, "?");
  g_assert_cmpfloat (node_of (before, "conv2d")->heat, <, 0);
  g_array_append_val (times, time);
  g_array_append_val (times, gone);
  scene = scene_of (graph, TN_HEAT_TIME, times);
  g_assert_cmpfloat (node_of (scene, "conv2d")->heat, ==, 1);
  g_assert_cmpstr (node_of (scene, "conv2d")->heat_text, ==, "3 ms · 100 %");
  g_assert_cmpstr (node_of (scene, "dense")->heat_text, ==, "?");

  with = tn_scene_heat_legend (scene);
  g_assert_cmpfloat (with.width, >, 100);
  g_autoptr (TnScene) plain = scene_of (graph, TN_HEAT_NONE, NULL);
  without = tn_scene_heat_legend (plain);
  g_assert_cmpfloat (without.width, ==, 0);
  g_assert_null (node_of (plain, "conv2d")->heat_text);
}

/* A layer whose size is not known is left out, and the legend says that something is. */
static void
test_unknown (void)
{
  g_autoptr (TnGraph) model = model_new (
      "InputLayer(batch_shape=(None, None, None, 3)) / Conv2D(filters=4; kernel_size=1) / "
      "GlobalAveragePooling2D / Dense(units=2)");
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnScene) scene = scene_of (graph, TN_HEAT_MEMORY, NULL);

  g_assert_cmpstr (node_of (scene, "conv2d")->heat_text, ==, "?");
  g_assert_cmpfloat (node_of (scene, "dense")->heat, ==, 0.5);
  g_assert_true (scene->heat_gap);
  g_autoptr (TnScene) params = scene_of (graph, TN_HEAT_PARAMS, NULL);
  g_assert_false (params->heat_gap);
}

/* A closed group has the sum of what it holds. */
static void
test_group (void)
{
  g_autoptr (TnGraph) model = model_new ("InputLayer(batch_shape=(None, 4)) / a:Dense(units=4) / "
                                         "b:Dense(units=4) / c:Dense(units=4)");
  g_autoptr (TnDraft) draft = tn_draft_new (model);
  TnRef output = { model_id (model, "b"), 0, 0 };
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnGraph) placed = NULL;
  g_autoptr (TnScene) scene = NULL;
  const TnSceneNode *box;

  g_assert_true (tn_draft_set_group (draft, "pair", "Functional", &output, 1, NULL, NULL));
  tn_draft_put_into (draft, model_id (model, "a"), "pair");
  tn_draft_put_into (draft, model_id (model, "b"), "pair");
  tn_draft_open_group (draft, "pair", FALSE);
  graph = tn_draft_finish (draft);
  placed = tn_layout (graph, TRUE);
  scene = scene_of (placed, TN_HEAT_PARAMS, NULL);
  box = node_of (scene, "pair/a");
  g_assert_nonnull (box->group);
  g_assert_cmpfloat (box->heat, ==, 1);
  g_assert_cmpstr (box->heat_text, ==, "40 · 67 %");
  g_assert_cmpfloat (node_of (scene, "c")->heat, ==, 0.5);
}

/* Another colour is another picture; what did not change is not drawn again. */
static void
test_changes (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnScene) params = scene_of (graph, TN_HEAT_PARAMS, NULL);
  g_autoptr (TnScene) same = scene_of (graph, TN_HEAT_PARAMS, NULL);
  g_autoptr (TnScene) macs = scene_of (graph, TN_HEAT_MACS, NULL);
  g_autoptr (GArray) none = tn_scene_changes (params, same);

  g_assert_nonnull (none);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (tn_scene_changes (params, macs));
}

/* Text must be readable on the hottest box: WCAG's contrast of 4.5. */
static double
luminance (TnColor color)
{
  const double parts[] = { color.red, color.green, color.blue };
  const double weights[] = { 0.2126, 0.7152, 0.0722 };
  double sum = 0;

  for (guint i = 0; i < 3; i++)
    sum += weights[i]
           * (parts[i] <= 0.03928 ? parts[i] / 12.92 : pow ((parts[i] + 0.055) / 1.055, 2.4));
  return sum;
}

static void
test_contrast (void)
{
  for (TnTheme theme = 0; theme < TN_N_THEMES; theme++)
    {
      const TnStyle *style = tn_style_get (theme);
      double text = luminance (style->text), heat = luminance (style->heat);

      g_assert_cmpfloat ((MAX (text, heat) + 0.05) / (MIN (text, heat) + 0.05), >=, 4.5);
    }
}

/* A picture has room for the legend. */
static void
test_picture (void)
{
  g_autoptr (TnGraph) model = model_new (MODEL);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (TnScene) hot = scene_of (graph, TN_HEAT_MACS, NULL);
  TnFigureOptions shown = { .heat = TN_HEAT_MACS, .parts = TN_PART_NAMES };
  TnFigureOptions cold = { .parts = TN_PART_NAMES };
  g_autoptr (TnFigure) coloured = tn_figure_new (graph, facts, &shown);
  g_autoptr (TnFigure) plain = tn_figure_new (graph, facts, &cold);
  TnPictureOptions options = { .scale = 1 };
  g_autoptr (GBytes) with = tn_picture_render (coloured, TN_PICTURE_PNG, &options, NULL);
  g_autoptr (GBytes) without = tn_picture_render (plain, TN_PICTURE_PNG, &options, NULL);
  const guchar *a = g_bytes_get_data (with, NULL), *b = g_bytes_get_data (without, NULL);
  int high = a[22] << 8 | a[23], low = b[22] << 8 | b[23];

  g_assert_cmpint (high, >=, low + (int)tn_scene_heat_legend (hot).height);
}

static void
test_names (void)
{
  for (TnHeat heat = 0; heat < TN_N_HEATS; heat++)
    {
      TnHeat found = TN_N_HEATS;

      g_assert_true (tn_heat_from_name (tn_heat_name (heat), &found));
      g_assert_cmpint (found, ==, heat);
    }
  TnHeat none;
  g_assert_false (tn_heat_from_name ("warmth", &none));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heat/amounts", test_amounts);
  g_test_add_func ("/heat/time", test_time);
  g_test_add_func ("/heat/unknown", test_unknown);
  g_test_add_func ("/heat/group", test_group);
  g_test_add_func ("/heat/changes", test_changes);
  g_test_add_func ("/heat/contrast", test_contrast);
  g_test_add_func ("/heat/picture", test_picture);
  g_test_add_func ("/heat/names", test_names);
  return g_test_run ();
}
